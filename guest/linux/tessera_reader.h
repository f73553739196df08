/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* An open /dev/tessera as a position in the event stream. tessera/device.h tells what it does. */
#ifndef TESSERA_READER_H
#define TESSERA_READER_H

#include <linux/fs.h>

#include "tessera/device.h"

struct poll_table_struct;

int tessera_reader_open(struct file *file);
void tessera_reader_close(struct file *file);

ssize_t tessera_reader_read(struct file *file, char __user *user, size_t count, loff_t *offset);
loff_t tessera_reader_seek(struct file *file, loff_t offset, int whence);
__poll_t tessera_reader_poll(struct file *file, struct poll_table_struct *table);
int tessera_reader_map(struct file *file, struct vm_area_struct *area);

int tessera_reader_events(struct file *file, struct tessera_events *events);

#endif

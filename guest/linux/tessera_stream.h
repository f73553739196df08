/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The event stream: the ring that the hypervisor fills for the driver.
 *
 * The ring also keeps past events. The driver frees the oldest records only to keep a quarter of
 * the ring free, so any number of readers find their records in it, each at a position of its own.
 * Numbers count records; the first record is number 0.
 *
 * Only tessera_stream_start(), tessera_stream_exists() and tessera_stream_stop() may be called
 * while there is no stream.
 */
#ifndef TESSERA_STREAM_H
#define TESSERA_STREAM_H

#include <linux/types.h>
#include <linux/wait.h>

#include "tessera/hypercall.h"

int tessera_stream_start(unsigned int pages, unsigned int poll_ms);
int tessera_stream_end(void);
int tessera_stream_end_quietly(void);
void tessera_stream_stop(void);

bool tessera_stream_exists(void);
bool tessera_stream_ended(void);

u64 tessera_stream_next(void);
u64 tessera_stream_oldest(void);
u64 tessera_stream_dropped(void);

bool tessera_stream_copy(u64 number, struct tessera_event *e);
void tessera_stream_free_oldest(void);

wait_queue_head_t *tessera_stream_waiters(void);
void tessera_stream_poll_soon(void);
unsigned int tessera_stream_poll_ms(void);

void *tessera_stream_memory(void);
size_t tessera_stream_size(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* /dev/tessera: tessera/device.h tells what it does. */
#ifndef TESSERA_DEV_H
#define TESSERA_DEV_H

int tessera_dev_add(void);
void tessera_dev_remove(void);

#endif

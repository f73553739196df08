/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// /dev/tessera (see tessera/device.h).
#ifndef TESSERA_LINUX_DEVICE_H
#define TESSERA_LINUX_DEVICE_H

int tessera_device_add(void);
void tessera_device_remove(void);

#endif

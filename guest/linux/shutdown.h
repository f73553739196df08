/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// What happens when this kernel ends and the hypervisor does not: kexec, and panic.
#ifndef TESSERA_SHUTDOWN_H
#define TESSERA_SHUTDOWN_H

int tessera_shutdown_add(void);
void tessera_shutdown_remove(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the driver does when this kernel ends and the hypervisor does not: kexec, and panic. */
#ifndef TESSERA_REBOOT_H
#define TESSERA_REBOOT_H

int tessera_reboot_add(void);
void tessera_reboot_remove(void);

#endif

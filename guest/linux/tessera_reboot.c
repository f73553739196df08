// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_reboot.h"

#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include <linux/string.h>

#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_stream.h"

/* What kernel_kexec() gives to the reboot notifiers as the command. */
#define KEXEC_COMMAND "kexec reboot"

/*
 * The next kernel uses all memory. It would crash on memory that is still protected, and the
 * hypervisor would overwrite what it puts where the ring is. If the driver cannot take everything
 * back, it resets the machine instead: it is not asked when a kexec is prepared, and a reboot
 * notifier cannot refuse.
 */
static void prepare_kexec(void)
{
	u32 left = tessera_guard_end_all();
	int err = tessera_stream_exists() ? tessera_stream_end() : 0;

	if (tessera_key())
		tessera_key_release();
	if (!left && !err)
		return;
	if (left)
		pr_emerg("no kexec: %u guards are sealed or locked down until reset\n", left);
	if (err)
		pr_emerg("no kexec: the hypervisor keeps its event ring until reset (%d)\n", err);
	pr_emerg("resetting the machine instead\n");
	kernel_restart(NULL);
}

static int reboot_notified(struct notifier_block *block, unsigned long what, void *command)
{
	if (what == SYS_RESTART && command && strcmp(command, KEXEC_COMMAND) == 0)
		prepare_kexec();
	return NOTIFY_DONE;
}

/* A crash dump includes the ring, so the hypervisor must not write to it during the dump. */
static int panic_notified(struct notifier_block *block, unsigned long what, void *message)
{
	if (tessera_stream_exists())
		tessera_stream_end_quietly();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = { .notifier_call = reboot_notified };
static struct notifier_block panic_block = { .notifier_call = panic_notified };

/**
 * tessera_reboot_add() - watch for kexec and panic
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_reboot_add(void)
{
	int err = register_reboot_notifier(&reboot_block);

	if (!err)
		atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
	return err;
}

/**
 * tessera_reboot_remove() - stop watching
 *
 * Context: Process context. May sleep.
 */
void tessera_reboot_remove(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
	unregister_reboot_notifier(&reboot_block);
}

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

// How the kernel's notifiers tell a start of another kernel from a reset of the machine.
#define KEXEC "kexec reboot"

// The next kernel takes all memory for its own. What the hypervisor would still protect there, or
// write to, would be its death, so then the machine is reset instead. A kexec cannot be refused
// where it is prepared, and here nobody hears a refusal any more.
static void before_kexec(void)
{
	u32 left = tessera_guard_end_all();
	int error = tessera_stream_here() ? tessera_stream_end() : 0;

	if (tessera_key())
		tessera_key_release();
	if (!left && !error)
		return;
	if (left)
		pr_emerg("no kexec: %u guards are sealed or locked down until reset\n", left);
	if (error)
		pr_emerg("no kexec: the hypervisor keeps its event ring until reset (%d)\n", error);
	pr_emerg("resetting the machine instead\n");
	kernel_restart(NULL);
}

static int going_down(struct notifier_block *block, unsigned long what, void *how)
{
	if (what == SYS_RESTART && how && strcmp(how, KEXEC) == 0)
		before_kexec();
	return NOTIFY_DONE;
}

// The ring is a part of what a dump is made of: nobody writes to it from here on.
static int panicked(struct notifier_block *block, unsigned long what, void *how)
{
	if (tessera_stream_here())
		tessera_stream_silence();
	return NOTIFY_DONE;
}

static struct notifier_block going_down_block = { .notifier_call = going_down };
static struct notifier_block panic_block = { .notifier_call = panicked };

int tessera_reboot_add(void)
{
	int error = register_reboot_notifier(&going_down_block);

	if (!error)
		atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
	return error;
}

void tessera_reboot_remove(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
	unregister_reboot_notifier(&going_down_block);
}

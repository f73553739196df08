// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "owner.h"

#include <linux/module.h>
#include <linux/mutex.h>

#include "errors.h"
#include "vmcall.h"

static u64 key;
static bool locked;
static DEFINE_MUTEX(lock);

u64 owner_key(void)
{
	return READ_ONCE(key);
}

static struct tessera_result ask(enum tessera_call call)
{
	return tessera_call(call, 0, 0, 0, 0, key);
}

int owner_claim(void)
{
	struct tessera_result r;

	mutex_lock(&lock);
	r = ask(TESSERA_CALL_CLAIM);
	if (!r.error)
		WRITE_ONCE(key, r.value);
	mutex_unlock(&lock);
	return to_errno(r.error);
}

int owner_release(void)
{
	struct tessera_result r;

	mutex_lock(&lock);
	r = ask(TESSERA_CALL_RELEASE);
	if (!r.error)
		WRITE_ONCE(key, 0);
	mutex_unlock(&lock);
	return to_errno(r.error);
}

int owner_lockdown(void)
{
	struct tessera_result r;

	mutex_lock(&lock);
	r = ask(TESSERA_CALL_LOCKDOWN);
	// The event ring cannot be taken back from here on: its memory has to stay ours.
	if (!r.error && !locked) {
		locked = true;
		__module_get(THIS_MODULE);
		pr_notice("locked down until reset: guards stay, and so does this driver\n");
	}
	mutex_unlock(&lock);
	return to_errno(r.error);
}

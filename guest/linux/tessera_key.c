// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_key.h"

#include <linux/module.h>
#include <linux/mutex.h>

#include "tessera_calls.h"

static u64 key;
static bool locked;
static DEFINE_MUTEX(lock);

u64 tessera_key(void)
{
	return READ_ONCE(key);
}

int tessera_key_claim(void)
{
	u64 granted;
	int error;

	mutex_lock(&lock);
	error = tessera_claim(&granted);
	if (!error)
		WRITE_ONCE(key, granted);
	mutex_unlock(&lock);
	return error;
}

int tessera_key_release(void)
{
	int error;

	mutex_lock(&lock);
	error = tessera_release();
	if (!error)
		WRITE_ONCE(key, 0);
	mutex_unlock(&lock);
	return error;
}

int tessera_key_lockdown(void)
{
	int error;

	mutex_lock(&lock);
	error = tessera_lockdown();
	// The event ring cannot be taken back from here on: its memory has to stay ours.
	if (!error && !locked) {
		locked = true;
		__module_get(THIS_MODULE);
		pr_notice("locked down until reset: guards stay, and so does this driver\n");
	}
	mutex_unlock(&lock);
	return error;
}

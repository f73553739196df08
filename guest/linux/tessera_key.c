// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_key.h"

#include <linux/module.h>
#include <linux/mutex.h>

#include "tessera_calls.h"

static u64 key;
static bool locked_down;
static DEFINE_MUTEX(key_lock); /* serializes changes of both */

/**
 * tessera_key() - the key that calls carry
 *
 * Context: Any context.
 * Return: The key, or 0 while the driver is not the key holder.
 */
u64 tessera_key(void)
{
	return READ_ONCE(key);
}

/**
 * tessera_key_claim() - make the driver the key holder
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno; EEXIST when the driver is the key holder already, EACCES when
 * another agent is.
 */
int tessera_key_claim(void)
{
	u64 granted;
	int err;

	mutex_lock(&key_lock);
	err = tessera_claim(&granted);
	if (!err)
		WRITE_ONCE(key, granted);
	mutex_unlock(&key_lock);
	return err;
}

/**
 * tessera_key_release() - give the key back, so that any agent can change the policy
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno; ENOENT when there is no key holder, EACCES when it is another
 * agent.
 */
int tessera_key_release(void)
{
	int err;

	mutex_lock(&key_lock);
	err = tessera_release();
	if (!err)
		WRITE_ONCE(key, 0);
	mutex_unlock(&key_lock);
	return err;
}

/**
 * tessera_key_lockdown() - refuse every change of the policy until the machine is reset
 *
 * From then on no guard ends, and the module cannot be unloaded.
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_key_lockdown(void)
{
	int err;

	mutex_lock(&key_lock);
	err = tessera_lockdown();
	if (!err && !locked_down) {
		locked_down = true;
		/* The hypervisor writes to the event ring until reset: its memory has to stay. */
		__module_get(THIS_MODULE);
		pr_notice("locked down until reset: guards stay, the module cannot be unloaded\n");
	}
	mutex_unlock(&key_lock);
	return err;
}

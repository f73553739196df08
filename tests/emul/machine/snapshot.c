/* SPDX-License-Identifier: MIT */
/*
 * Saves a Bochs machine at the last moment before its firmware looks into the EFI system partition.
 *
 * Bochs can save its state, but offers that only in the menu of some graphical displays. So this,
 * preloaded with the cure, does it whenever the firmware has read the disk's first sector, with
 * which it begins each look at a disk, and ends the machine when it opens the root directory: the
 * state saved last is the one to keep. It saves when the emulator has just served a timer, since
 * that is between two instructions, and where the menu would do it.
 *
 * SNAPSHOT names the folder to save to, SNAPSHOT_END the offset of the root directory on the disk.
 * Without that one the moment to save, and to end, is told by SIGUSR1.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "patch.h"

/* bx_pc_system_c::countdownEvent(), called whenever a timer is due. */
#define TIMERS "_ZN14bx_pc_system_c14countdownEventEv"
/* bx_pc_system_c::time_usec(): the guest's time since power-on. */
#define TIME "_ZN14bx_pc_system_c9time_usecEv"
/* flat_image_t::lseek(off_t, int), called before each read of the disk. */
#define SEEK "_ZN12flat_image_t5lseekEli"
/* bx_real_sim_c::save_state(const char *). */
#define SAVE "_ZN13bx_real_sim_c10save_stateEPKc"

static struct patch timers_patch, seek_patch;
static const char *folder;
static long end;
static bool look_begins;
static volatile sig_atomic_t told;

static bool save(void)
{
	unsigned char (*save_state)(void *, const char *) = symbol(SAVE);

	return save_state(*(void **)symbol("SIM"), folder);
}

/* False while the emulator itself examines the disk, before it switches the machine on. */
static bool machine_is_on(void)
{
	uint64_t (*time_usec)(void *) = symbol(TIME);

	return time_usec(symbol("bx_pc_system")) > 0;
}

static int64_t watch_seek(void *image, int64_t offset, int whence)
{
	int64_t (*seek)(void *, int64_t, int) = (void *)seek_patch.target;
	int64_t result;

	if (machine_is_on() && offset == end)
		_exit(0);
	look_begins = machine_is_on() && offset == 0;
	unpatch(&seek_patch);
	result = seek(image, offset, whence);
	patch(&seek_patch);
	return result;
}

static void watch_timers(void *pc_system)
{
	void (*countdown_event)(void *) = (void *)timers_patch.target;

	unpatch(&timers_patch);
	countdown_event(pc_system);
	patch(&timers_patch);
	if (told)
		_exit(!save());
	if (look_begins && !save())
		_exit(1);
	look_begins = false;
}

static void tell(int signal_number)
{
	(void)signal_number;
	told = 1;
}

__attribute__((constructor)) static void watch(void)
{
	const char *end_text = getenv("SNAPSHOT_END");

	folder = getenv("SNAPSHOT");
	if (!folder || !symbol(TIME) || !symbol(SAVE) || !symbol("SIM") ||
	    !patch_prepare(&timers_patch, symbol(TIMERS), watch_timers) ||
	    !patch_prepare(&seek_patch, symbol(SEEK), watch_seek)) {
		fprintf(stderr, "snapshot: this emulator cannot be watched\n");
		_exit(1);
	}
	patch(&timers_patch);
	if (!end_text) {
		signal(SIGUSR1, tell);
		return;
	}
	end = atol(end_text);
	patch(&seek_patch);
}

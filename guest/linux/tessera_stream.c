// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_stream.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/poll.h>
#include <linux/workqueue.h>

#include "tessera_calls.h"

// While nobody waits it is enough to come by before the ring is full.
#define IDLE_PERIOD HZ

static void look(struct work_struct *work);

static struct tessera_ring *ring; // NULL: none
static size_t size;
static u64 places;          // records that fit
static unsigned int period; // ms
static u64 seen;            // records that waiters were told of
static unsigned long soon;  // until then somebody may be about to wait
static bool ended;
static DEFINE_SPINLOCK(tail_lock);
static DECLARE_WAIT_QUEUE_HEAD(waiters);
static DECLARE_DELAYED_WORK(look_work, look);

static const struct tessera_event *records(void)
{
	return (const struct tessera_event *)(ring + 1);
}

bool tessera_stream_here(void)
{
	return ring;
}

bool tessera_stream_ended(void)
{
	return READ_ONCE(ended);
}

u64 tessera_stream_next(void)
{
	// What comes before the count in the ring is written before the count.
	return smp_load_acquire(&ring->head);
}

u64 tessera_stream_oldest(void)
{
	return READ_ONCE(ring->tail);
}

u64 tessera_stream_dropped(void)
{
	return READ_ONCE(ring->dropped);
}

bool tessera_stream_copy(u64 number, struct tessera_event *e)
{
	*e = records()[number % places];
	// Its place is written again only after the tail has gone past it.
	smp_rmb();
	return number >= tessera_stream_oldest();
}

void tessera_stream_release_old(void)
{
	u64 kept = places - places / 4, next;
	unsigned long flags;

	spin_lock_irqsave(&tail_lock, flags);
	next = tessera_stream_next();
	if (next > kept && next - kept > ring->tail)
		WRITE_ONCE(ring->tail, next - kept);
	spin_unlock_irqrestore(&tail_lock, flags);
}

wait_queue_head_t *tessera_stream_waiters(void)
{
	return &waiters;
}

// The freezer stops this work before the machine sleeps, and goes on with it afterwards. Modules
// get no interrupt vector of their own, so somebody has to come by and look.
static void look_in(unsigned long delay)
{
	mod_delayed_work(system_freezable_wq, &look_work, delay);
}

static void look(struct work_struct *work)
{
	u64 next = tessera_stream_next();

	tessera_stream_release_old();
	if (next != seen) {
		seen = next;
		wake_up_interruptible_poll(&waiters, EPOLLIN | EPOLLRDNORM);
	}
	if (wq_has_sleeper(&waiters) || time_before(jiffies, READ_ONCE(soon)))
		look_in(msecs_to_jiffies(period));
	else
		look_in(IDLE_PERIOD);
}

void tessera_stream_look_soon(void)
{
	WRITE_ONCE(soon, jiffies + HZ);
	look_in(0);
}

unsigned int tessera_stream_poll_ms(void)
{
	return period;
}

void *tessera_stream_memory(void)
{
	return ring;
}

size_t tessera_stream_size(void)
{
	return size;
}

static void *take_memory(unsigned int pages)
{
	void *memory = NULL;

	for (; pages && !memory; pages /= 2) {
		size = pages * PAGE_SIZE;
		memory = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	}
	return memory;
}

int tessera_stream_start(unsigned int pages, unsigned int poll_ms)
{
	void *memory;
	int error;

	memory = take_memory(clamp(pages, 1U, TESSERA_RING_PAGES));
	if (!memory)
		return -ENOMEM;
	error = tessera_events_start(memory, size / PAGE_SIZE, &places);
	if (error) {
		free_pages_exact(memory, size);
		return error;
	}
	period = poll_ms;
	ring = memory;
	look_in(IDLE_PERIOD);
	return 0;
}

int tessera_stream_silence(void)
{
	int error;

	WRITE_ONCE(ended, true);
	error = tessera_events_stop();
	return error == -ENOENT ? 0 : error;
}

int tessera_stream_end(void)
{
	int error = tessera_stream_silence();

	wake_up_interruptible_poll(&waiters, EPOLLIN | EPOLLHUP);
	return error;
}

void tessera_stream_stop(void)
{
	int error = tessera_stream_end();

	cancel_delayed_work_sync(&look_work);
	// As long as the hypervisor writes into it, it is nobody else's.
	if (error && tessera_abi_version())
		pr_warn("the hypervisor keeps %zu KiB as its event ring until reset (%d)\n",
			size / 1024, error);
	else
		free_pages_exact(ring, size);
	ring = NULL;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_stream.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/poll.h>
#include <linux/workqueue.h>

#include "tessera_calls.h"

/* While no reader waits, the poll work only has to come before the ring is full. */
#define IDLE_PERIOD HZ

static void poll_ring(struct work_struct *work);

static struct tessera_ring *ring; /* NULL: there is no stream */
static size_t ring_size;          /* bytes */
static u64 places;                /* records that fit */
static unsigned int period;       /* ms between polls while a reader waits */
static u64 announced;             /* records that waiting readers were told of */
static unsigned long soon;        /* until this jiffy a reader may be about to wait */
static bool ended;
static DEFINE_SPINLOCK(tail_lock);
static DECLARE_WAIT_QUEUE_HEAD(waiters);
static DECLARE_DELAYED_WORK(poll_work, poll_ring);

static const struct tessera_event *first_place(void)
{
	return (const struct tessera_event *)(ring + 1);
}

/**
 * tessera_stream_exists() - tell whether there is a stream
 *
 * Context: Any context.
 * Return: True between tessera_stream_start() and tessera_stream_stop().
 */
bool tessera_stream_exists(void)
{
	return ring;
}

/**
 * tessera_stream_ended() - tell whether the hypervisor adds no more records
 *
 * Context: Any context.
 * Return: True from tessera_stream_end() on.
 */
bool tessera_stream_ended(void)
{
	return READ_ONCE(ended);
}

/**
 * tessera_stream_next() - tell where the stream ends
 *
 * Context: Any context.
 * Return: The number that the next record will get.
 */
u64 tessera_stream_next(void)
{
	/* Pairs with the hypervisor's order: it writes the record first, then the head. */
	return smp_load_acquire(&ring->head);
}

/**
 * tessera_stream_oldest() - tell where the stream begins
 *
 * Context: Any context.
 * Return: The number of the oldest record that is still in the ring.
 */
u64 tessera_stream_oldest(void)
{
	return READ_ONCE(ring->tail);
}

/**
 * tessera_stream_dropped() - tell how many events the hypervisor dropped
 *
 * Context: Any context.
 * Return: The number of events that never became records.
 */
u64 tessera_stream_dropped(void)
{
	return READ_ONCE(ring->dropped);
}

/**
 * tessera_stream_copy() - copy a record
 * @number: number of a record, below tessera_stream_next()
 * @e: filled in
 *
 * Context: Any context.
 * Return: False if the record may have been overwritten while it was copied.
 */
bool tessera_stream_copy(u64 number, struct tessera_event *e)
{
	*e = first_place()[number % places];
	/* The hypervisor writes to this place again only after the tail has moved past it. */
	smp_rmb();
	return number >= tessera_stream_oldest();
}

/**
 * tessera_stream_free_oldest() - free a quarter of the ring for the next events
 *
 * Context: Any context but NMI.
 */
void tessera_stream_free_oldest(void)
{
	u64 kept = places - places / 4, next;
	unsigned long flags;

	spin_lock_irqsave(&tail_lock, flags);
	next = tessera_stream_next();
	if (next > kept && next - kept > ring->tail)
		WRITE_ONCE(ring->tail, next - kept);
	spin_unlock_irqrestore(&tail_lock, flags);
}

/**
 * tessera_stream_waiters() - tell where readers wait
 *
 * Context: Any context.
 * Return: The wait queue, which is woken when there are new records and when the stream ends.
 */
wait_queue_head_t *tessera_stream_waiters(void)
{
	return &waiters;
}

/*
 * A module has no interrupt vector for the hypervisor to use, so it polls. The freezer stops the
 * work before the machine sleeps, and continues it afterwards.
 */
static void poll_after(unsigned long delay)
{
	mod_delayed_work(system_freezable_wq, &poll_work, delay);
}

static void poll_ring(struct work_struct *work)
{
	u64 next = tessera_stream_next();

	tessera_stream_free_oldest();
	if (next != announced) {
		announced = next;
		wake_up_interruptible_poll(&waiters, EPOLLIN | EPOLLRDNORM);
	}
	if (wq_has_sleeper(&waiters) || time_before(jiffies, READ_ONCE(soon)))
		poll_after(msecs_to_jiffies(period));
	else
		poll_after(IDLE_PERIOD);
}

/**
 * tessera_stream_poll_soon() - announce that a reader will wait within a second
 *
 * Context: Any context but NMI.
 */
void tessera_stream_poll_soon(void)
{
	WRITE_ONCE(soon, jiffies + HZ);
	poll_after(0);
}

/**
 * tessera_stream_poll_ms() - tell how late a waiting reader is woken
 *
 * Context: Any context.
 * Return: Milliseconds between two looks at the ring while a reader waits.
 */
unsigned int tessera_stream_poll_ms(void)
{
	return period;
}

/**
 * tessera_stream_memory() - the memory of the ring
 *
 * Context: Any context.
 * Return: struct tessera_ring, followed by the records.
 */
void *tessera_stream_memory(void)
{
	return ring;
}

/**
 * tessera_stream_size() - the size of the ring
 *
 * Context: Any context.
 * Return: Bytes, a multiple of the page size.
 */
size_t tessera_stream_size(void)
{
	return ring_size;
}

static void *allocate_ring(unsigned int pages)
{
	void *memory = NULL;

	for (; pages && !memory; pages /= 2) {
		ring_size = pages * PAGE_SIZE;
		memory = alloc_pages_exact(ring_size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	}
	return memory;
}

/**
 * tessera_stream_start() - give the hypervisor a ring and poll it
 * @pages: number of pages of the ring; it gets fewer when memory is short
 * @poll_ms: milliseconds between two looks at the ring while a reader waits
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno; EEXIST when another agent has given the hypervisor a ring.
 */
int tessera_stream_start(unsigned int pages, unsigned int poll_ms)
{
	void *memory;
	int err;

	memory = allocate_ring(clamp(pages, 1U, TESSERA_RING_PAGES));
	if (!memory)
		return -ENOMEM;
	err = tessera_events_start(memory, ring_size / PAGE_SIZE, &places);
	if (err) {
		free_pages_exact(memory, ring_size);
		return err;
	}
	period = poll_ms;
	ring = memory;
	poll_after(IDLE_PERIOD);
	return 0;
}

/**
 * tessera_stream_end_quietly() - take the ring back without waking the readers
 *
 * Context: Any context.
 * Return: 0 or a negative errno: then the hypervisor still writes to the ring.
 */
int tessera_stream_end_quietly(void)
{
	int err;

	WRITE_ONCE(ended, true);
	err = tessera_events_stop();
	return err == -ENOENT ? 0 : err;
}

/**
 * tessera_stream_end() - take the ring back and let readers reach the end of the stream
 *
 * Context: Any context but NMI.
 * Return: 0 or a negative errno: then the hypervisor still writes to the ring.
 */
int tessera_stream_end(void)
{
	int err = tessera_stream_end_quietly();

	wake_up_interruptible_poll(&waiters, EPOLLIN | EPOLLHUP);
	return err;
}

/**
 * tessera_stream_stop() - end the stream and free the ring
 *
 * If the hypervisor keeps the ring, its memory is never freed. The device must be closed.
 *
 * Context: Process context. May sleep.
 */
void tessera_stream_stop(void)
{
	int err = tessera_stream_end();

	cancel_delayed_work_sync(&poll_work);
	if (err && err != -ENODEV)
		pr_warn("the hypervisor keeps its event ring of %zu KiB until reset (%d)\n",
			ring_size / 1024, err);
	else
		free_pages_exact(ring, ring_size);
	ring = NULL;
}

// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_reader.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "tessera_compat.h"
#include "tessera_stream.h"

#define RECORD ((loff_t)sizeof(struct tessera_event))

/*
 * @position: the record that is read next
 * @missed: records that were overwritten before they were read
 * @dropped_before: events that had been dropped when the file was opened
 */
struct reader {
	struct mutex lock; /* protects the other fields; position may be read without it */
	u64 position;
	u64 missed;
	u64 dropped_before;
};

/**
 * tessera_reader_open() - give a file a position at the end of the stream
 * @file: the file
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_reader_open(struct file *file)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	mutex_init(&r->lock);
	if (tessera_stream_exists()) {
		r->position = tessera_stream_next();
		r->dropped_before = tessera_stream_dropped();
	}
	file->private_data = r;
	/* The position is r->position, so that threads can share the file. */
	file->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

/**
 * tessera_reader_close() - free what tessera_reader_open() allocated
 * @file: the file
 *
 * Context: Process context.
 */
void tessera_reader_close(struct file *file)
{
	kfree(file->private_data);
}

/* Copies the record at the position, or the oldest one after it. False: no such record yet. */
static bool take_record(struct reader *r, struct tessera_event *e)
{
	while (r->position < tessera_stream_next()) {
		u64 oldest;

		if (tessera_stream_copy(r->position, e)) {
			r->position++;
			return true;
		}
		oldest = tessera_stream_oldest();
		r->missed += oldest - r->position;
		r->position = oldest;
	}
	return false;
}

/* Returns the number of bytes, or EFAULT. A record that cannot be copied is read again. */
static ssize_t take_records(struct reader *r, char __user *user, size_t count)
{
	struct tessera_event e;
	ssize_t done = 0;

	while (count - done >= RECORD && take_record(r, &e)) {
		if (copy_to_user(user + done, &e, RECORD)) {
			r->position--;
			return done ? done : -EFAULT;
		}
		done += RECORD;
	}
	return done;
}

static bool is_readable(const struct reader *r)
{
	return READ_ONCE(r->position) < tessera_stream_next();
}

static int wait_for_record(struct file *file, const struct reader *r)
{
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	tessera_stream_poll_soon();
	return wait_event_interruptible(*tessera_stream_waiters(),
					is_readable(r) || tessera_stream_ended());
}

/**
 * tessera_reader_read() - read records from the file's position on
 * @file: the file
 * @user: where to
 * @count: bytes of room
 * @offset: not used
 *
 * Context: Process context. May sleep.
 * Return: The number of bytes, 0 at the end of the stream, or a negative errno.
 */
ssize_t tessera_reader_read(struct file *file, char __user *user, size_t count, loff_t *offset)
{
	struct reader *r = file->private_data;
	ssize_t done = 0;

	if (!tessera_stream_exists())
		return -EBUSY;
	if (count < RECORD)
		return -EINVAL;
	while (!done) {
		bool last = tessera_stream_ended();

		if (mutex_lock_interruptible(&r->lock))
			return -ERESTARTSYS;
		done = take_records(r, user, count);
		mutex_unlock(&r->lock);
		tessera_stream_free_oldest();
		if (!done && last)
			return 0;
		if (!done)
			done = wait_for_record(file, r);
	}
	return done;
}

/* The offset that a seek leads to; negative if it is invalid. */
static loff_t seek_target(const struct reader *r, loff_t offset, int whence)
{
	loff_t next = tessera_stream_next() * RECORD, oldest = tessera_stream_oldest() * RECORD;

	switch (whence) {
	case SEEK_SET:
		return offset;
	case SEEK_CUR:
		return r->position * RECORD + offset;
	case SEEK_END:
		return next + offset;
	case SEEK_DATA:
		return max(offset, oldest);
	default:
		return -1;
	}
}

/**
 * tessera_reader_seek() - move the file's position, and free the oldest records of the ring
 * @file: the file
 * @offset: bytes, a multiple of a record's size
 * @whence: SEEK_SET, SEEK_CUR, SEEK_END or SEEK_DATA
 *
 * Context: Process context. May sleep.
 * Return: The new offset or a negative errno.
 */
loff_t tessera_reader_seek(struct file *file, loff_t offset, int whence)
{
	struct reader *r = file->private_data;
	loff_t to;

	if (!tessera_stream_exists())
		return -EBUSY;
	mutex_lock(&r->lock);
	to = seek_target(r, offset, whence);
	if (to < 0 || to % RECORD || to > tessera_stream_next() * RECORD)
		to = -EINVAL;
	else
		WRITE_ONCE(r->position, to / RECORD);
	mutex_unlock(&r->lock);
	/* This is how a program that reads the mapped ring makes room in it. */
	tessera_stream_free_oldest();
	return to;
}

/**
 * tessera_reader_poll() - tell whether there are records from the file's position on
 * @file: the file
 * @table: the kernel's part
 *
 * Context: Process context. May sleep.
 * Return: EPOLL* bits.
 */
__poll_t tessera_reader_poll(struct file *file, struct poll_table_struct *table)
{
	const struct reader *r = file->private_data;

	if (!tessera_stream_exists())
		return EPOLLERR;
	poll_wait(file, tessera_stream_waiters(), table);
	tessera_stream_free_oldest();
	if (is_readable(r))
		return EPOLLIN | EPOLLRDNORM;
	if (tessera_stream_ended())
		return EPOLLIN | EPOLLHUP;
	tessera_stream_poll_soon();
	return 0;
}

/**
 * tessera_reader_map() - map the ring read-only
 * @file: the file
 * @area: where to
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_reader_map(struct file *file, struct vm_area_struct *area)
{
	unsigned long pages = vma_pages(area);
	int err = 0;

	if (!tessera_stream_exists())
		return -EBUSY;
	if (area->vm_pgoff || pages > tessera_stream_size() / PAGE_SIZE)
		return -EINVAL;
	if (area->vm_flags & VM_WRITE)
		return -EACCES;
	vm_flags_mod(area, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE);
	for (unsigned long i = 0; i < pages && !err; i++)
		err = vm_insert_page(area, area->vm_start + i * PAGE_SIZE,
				     virt_to_page(tessera_stream_memory() + i * PAGE_SIZE));
	return err;
}

/**
 * tessera_reader_events() - tell the file's position, and what it missed
 * @file: the file
 * @events: filled in
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_reader_events(struct file *file, struct tessera_events *events)
{
	struct reader *r = file->private_data;

	if (!tessera_stream_exists())
		return -EBUSY;
	mutex_lock(&r->lock);
	*events = (struct tessera_events){
		.position = r->position,
		.oldest = tessera_stream_oldest(),
		.next = tessera_stream_next(),
		.missed = r->missed,
		.dropped = tessera_stream_dropped() - r->dropped_before,
		.ring = tessera_stream_size(),
		.poll_ms = tessera_stream_poll_ms(),
	};
	mutex_unlock(&r->lock);
	return 0;
}

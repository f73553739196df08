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

struct reader {
	struct mutex lock;
	u64 position;       // the record that is read next
	u64 missed;         // records that were gone before they were read
	u64 dropped_before; // what the stream had dropped when the file was opened
};

int tessera_reader_open(struct file *file)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	mutex_init(&r->lock);
	if (tessera_stream_here()) {
		r->position = tessera_stream_next();
		r->dropped_before = tessera_stream_dropped();
	}
	file->private_data = r;
	// The place is kept here, for threads that read at the same time.
	file->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

void tessera_reader_close(struct file *file)
{
	kfree(file->private_data);
}

// Takes the record at the reader's place, or the oldest one after it. False: none yet.
static bool take(struct reader *r, struct tessera_event *e)
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

// Returns the number of bytes, or EFAULT: then the record that met it is read again.
static ssize_t take_many(struct reader *r, char __user *user, size_t count)
{
	struct tessera_event e;
	ssize_t done = 0;

	while (count - done >= RECORD && take(r, &e)) {
		if (copy_to_user(user + done, &e, RECORD)) {
			r->position--;
			return done ? done : -EFAULT;
		}
		done += RECORD;
	}
	return done;
}

static bool readable(const struct reader *r)
{
	return READ_ONCE(r->position) < tessera_stream_next();
}

static int sleep(struct file *file, const struct reader *r)
{
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	tessera_stream_look_soon();
	return wait_event_interruptible(*tessera_stream_waiters(),
					readable(r) || tessera_stream_ended());
}

ssize_t tessera_reader_read(struct file *file, char __user *user, size_t count, loff_t *offset)
{
	struct reader *r = file->private_data;
	ssize_t done = 0;

	if (!tessera_stream_here())
		return -EBUSY;
	if (count < RECORD)
		return -EINVAL;
	while (!done) {
		bool last = tessera_stream_ended();

		if (mutex_lock_interruptible(&r->lock))
			return -ERESTARTSYS;
		done = take_many(r, user, count);
		mutex_unlock(&r->lock);
		tessera_stream_release_old();
		if (!done && last)
			return 0;
		if (!done)
			done = sleep(file, r);
	}
	return done;
}

// Where such a seek leads to; negative: nowhere.
static loff_t target(const struct reader *r, loff_t offset, int whence)
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

loff_t tessera_reader_seek(struct file *file, loff_t offset, int whence)
{
	struct reader *r = file->private_data;
	loff_t to;

	if (!tessera_stream_here())
		return -EBUSY;
	mutex_lock(&r->lock);
	to = target(r, offset, whence);
	if (to < 0 || to % RECORD || to > tessera_stream_next() * RECORD)
		to = -EINVAL;
	else
		WRITE_ONCE(r->position, to / RECORD);
	mutex_unlock(&r->lock);
	// Who reads from the mapped ring makes room in it this way.
	tessera_stream_release_old();
	return to;
}

__poll_t tessera_reader_poll(struct file *file, struct poll_table_struct *table)
{
	const struct reader *r = file->private_data;

	if (!tessera_stream_here())
		return EPOLLERR;
	poll_wait(file, tessera_stream_waiters(), table);
	tessera_stream_release_old();
	if (readable(r))
		return EPOLLIN | EPOLLRDNORM;
	if (tessera_stream_ended())
		return EPOLLIN | EPOLLHUP;
	tessera_stream_look_soon();
	return 0;
}

int tessera_reader_map(struct file *file, struct vm_area_struct *area)
{
	unsigned long pages = vma_pages(area);
	int error = 0;

	if (!tessera_stream_here())
		return -EBUSY;
	if (area->vm_pgoff || pages > tessera_stream_size() / PAGE_SIZE)
		return -EINVAL;
	if (area->vm_flags & VM_WRITE)
		return -EACCES;
	vm_flags_mod(area, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE);
	for (unsigned long i = 0; i < pages && !error; i++)
		error = vm_insert_page(area, area->vm_start + i * PAGE_SIZE,
				       virt_to_page(tessera_stream_memory() + i * PAGE_SIZE));
	return error;
}

int tessera_reader_events(struct file *file, struct tessera_events *events)
{
	struct reader *r = file->private_data;

	if (!tessera_stream_here())
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

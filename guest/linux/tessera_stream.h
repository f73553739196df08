/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The stream of events: the ring that the hypervisor fills for us. It is the memory of what
// happened, too: the driver lets go of the oldest records only to keep a part of the ring free, so
// any number of readers find what they want in it, each at its own place.
#ifndef TESSERA_STREAM_H
#define TESSERA_STREAM_H

#include <linux/types.h>
#include <linux/wait.h>

#include "tessera/hypercall.h"

// Hands the hypervisor a ring of so many pages, or of fewer if memory is short of them. EEXIST:
// another agent has given it one; ENOMEM; EACCES.
int tessera_stream_start(unsigned int pages, unsigned int poll_ms);

// Has the hypervisor let go of the ring; readers come to the end of the stream. The second is for
// any context, and wakes nobody.
int tessera_stream_end(void);
int tessera_stream_silence(void);

// Ends the stream and frees the ring, unless the hypervisor does not let go of it. When nobody has
// the device open any more.
void tessera_stream_stop(void);

// Whether there is a stream: nothing else may be asked otherwise. And whether it is at its end.
bool tessera_stream_here(void);
bool tessera_stream_ended(void);

// Records written so far, and the first of them that is sure to be there. Numbers count records.
u64 tessera_stream_next(void);
u64 tessera_stream_oldest(void);

// Events that never became records.
u64 tessera_stream_dropped(void);

// Copies one record, which has been written. False when it was gone before it was whole.
bool tessera_stream_copy(u64 number, struct tessera_event *e);

// Makes room in the ring for what comes. From any context that may take a lock.
void tessera_stream_release_old(void);

// For sleepers: where they wait, and a hint that somebody will within a second. A waker comes every
// poll_ms while there are any.
wait_queue_head_t *tessera_stream_waiters(void);
void tessera_stream_look_soon(void);
unsigned int tessera_stream_poll_ms(void);

// The ring's memory, header first.
void *tessera_stream_memory(void);
size_t tessera_stream_size(void);

#endif

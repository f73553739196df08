// SPDX-License-Identifier: MIT
#include "hv/core/agent_ring.h"

#include "hv/core/event.h"
#include "hv/core/guest_memory.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "hv/x86/apic.h"
#include "hv/x86/insn.h"

#define FIRST_VECTOR          32
#define LAST_VECTOR           255
#define INTERRUPTS_PER_SECOND 1000

// Writes through guest_write, which obeys the rules. If the ring has become unwritable since it was
// started, its records are dropped.
static bool put_in_ring(struct cpu *c, u64 gpa, const void *data, u32 size)
{
	return guest_write(c, gpa, data, size) == TESSERA_OK;
}

// Sets all fields but the lock, which other CPUs may be waiting for.
static void begin_ring(struct agent_ring *r, u64 gpa, u32 records, u32 cpu, u8 vector)
{
	r->records = records;
	r->next = events_last() + 1;
	r->head = r->dropped = r->last_interrupt = 0;
	r->owed = false;
	r->cpu = cpu;
	r->vector = vector;
	r->gpa = gpa;
}

int agent_ring_start(struct cpu *c, u64 gpa, u64 pages, u64 vector)
{
	struct agent_ring *r = &c->vm->ring;
	struct tessera_ring header = { .version = TESSERA_ABI_VERSION };
	u64 size = pages * PAGE_SIZE;
	int error = TESSERA_EXISTS;

	if (!gpa || gpa % PAGE_SIZE || !pages || pages > TESSERA_RING_PAGES ||
	    (vector && (vector < FIRST_VECTOR || vector > LAST_VECTOR)))
		return TESSERA_BAD_ARGUMENT;
	header.records = (size - sizeof(header)) / sizeof(struct tessera_event);
	lock_take(&r->lock);
	if (!r->gpa) {
		error = guest_check(c->vm, gpa, size);
		if (!error)
			error = guest_write(c, gpa, &header, sizeof(header));
		if (!error)
			begin_ring(r, gpa, header.records, c->number, vector);
	}
	lock_drop(&r->lock);
	return error;
}

int agent_ring_stop(struct vm *vm)
{
	int error = TESSERA_NOT_FOUND;

	lock_take(&vm->ring.lock);
	if (vm->ring.gpa) {
		vm->ring.gpa = 0;
		error = TESSERA_OK;
	}
	lock_drop(&vm->ring.lock);
	return error;
}

static bool has_room(struct cpu *c, const struct agent_ring *r, u64 *tail)
{
	if (guest_read(c, r->gpa + offsetof(struct tessera_ring, tail), tail, sizeof(*tail)))
		return false;
	// Ignore a tail beyond the head: it would make room that does not exist.
	return *tail <= r->head && r->head - *tail < r->records;
}

// Returns true when the ring was empty before, so that the agent may sleep and must be told.
static bool hand_over(struct cpu *c, struct agent_ring *r, const struct tessera_event *e)
{
	u64 place = r->gpa + sizeof(struct tessera_ring) + r->head % r->records * sizeof(*e);
	u64 tail, head = r->head + 1;

	if (!has_room(c, r, &tail) || !put_in_ring(c, place, e, sizeof(*e)) ||
	    !put_in_ring(c, r->gpa + offsetof(struct tessera_ring, head), &head, sizeof(head))) {
		r->dropped++;
		r->all_dropped++;
		put_in_ring(c, r->gpa + offsetof(struct tessera_ring, dropped), &r->dropped,
			    sizeof(r->dropped));
		return false;
	}
	r->all_written++;
	return tail == r->head++;
}

static void interrupt_agent(struct vm *vm, struct agent_ring *r)
{
	u64 now = rdtsc();

	if (!r->owed || now - r->last_interrupt < boot->tsc_hz / INTERRUPTS_PER_SECOND)
		return;
	r->owed = false;
	r->last_interrupt = now;
	apic_send(vm->cpu[r->cpu]->apic_id, r->vector);
}

static void feed_ring(struct cpu *c, struct agent_ring *r)
{
	u32 last = events_last(), missed = last - r->next + 1;
	struct tessera_event e;

	// Our ring may have wrapped meanwhile; the agent has then missed what was overwritten.
	if (missed > EVENTS_KEPT) {
		missed -= EVENTS_KEPT;
		r->dropped += missed;
		r->all_dropped += missed;
		r->next += missed;
	}
	for (; r->next != last + 1 && events_get(r->next, &e); r->next++)
		if (hand_over(c, r, &e) && r->vector)
			r->owed = true;
	interrupt_agent(c->vm, r);
}

void agent_ring_feed(struct cpu *c)
{
	struct agent_ring *r = &c->vm->ring;

	work_drop(c, WORK_EVENTS);
	if (!r->gpa || !lock_try(&r->lock))
		return;
	if (r->gpa)
		feed_ring(c, r);
	lock_drop(&r->lock);
}

// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/stores.h"

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"

#define CANVAS_PAGE  8
#define SEED         3
#define STATUS_FLAGS 0x8d5 // CF PF AF ZF SF OF

static u8 pattern[CANVAS_SIZE];
static const u64 source[8] __attribute__((aligned(64))) = {
	0x8786858483828180, 0x8f8e8d8c8b8a8988, 0x9796959493929190, 0x9f9e9d9c9b9a9998,
	0xa7a6a5a4a3a2a1a0, 0xafaeadacabaaa9a8, 0xb7b6b5b4b3b2b1b0, 0xbfbebdbcbbbab9b8,
};

u8 *canvas(void)
{
	return page(CANVAS_PAGE);
}

bool store_available(const struct store *s)
{
	struct cpuid seven = cpuid(7, 0), state = cpuid(0xd, 1);

	switch (s->feature) {
	case AVX:
		return cpuid(1, 0).ecx & BIT(28);
	case AVX512:
		return seven.ebx & BIT(16);
	case XSAVEOPT:
		return state.eax & BIT(0);
	case XSAVEC:
		return state.eax & BIT(1);
	case XSAVES:
		return state.eax & BIT(3);
	case MOVDIRI:
		return seven.ecx & BIT(27);
	case MOVDIR64B:
		return seven.ecx & BIT(28);
	default:
		return true;
	}
}

void canvas_fill(void)
{
	if (!pattern[1])
		pattern_fill(pattern, sizeof(pattern), SEED);
	memcpy(canvas(), pattern, CANVAS_SIZE);
}

static void set_registers(struct probe *p, u8 *target)
{
	for (u32 i = 0; i < 16; i++)
		p->gpr[i] = 0xd1c2b3a405162730 + i * 0x1000100010001;
	p->gpr[RDI] = (u64)target;
	p->gpr[RSI] = (u64)source;
}

void store_run(const struct store *s, u8 *target, struct result *r)
{
	r->probe = probe_of(s->prepare);
	set_registers(&r->probe, target);
	probe_run(&r->probe);
	CHECK(r->probe.vector == NO_FAULT, "%s: vector %u before the store", s->name,
	      r->probe.vector);
	memcpy(r->before, r->probe.gpr, sizeof(r->before));
	r->probe.rflags = RFLAGS_NONE;
	r->probe.code = s->store;
	probe_run(&r->probe);
	memcpy(r->memory, canvas(), CANVAS_SIZE);
}

bool store_is_silent(const struct result *reference, const u8 *start, u64 length)
{
	u64 offset = (u64)(start - canvas());

	return memcmp(reference->memory + offset, pattern + offset, length) == 0;
}

static void same_memory(const struct store *s, const u8 *actual, const u8 *expected, u64 first,
			u64 size)
{
	for (u64 i = first; i < first + size; i++)
		CHECK(actual[i] == expected[i], "%s: byte +0x%lx is 0x%x and should be 0x%x",
		      s->name, i, actual[i], expected[i]);
}

static void same_registers(const struct store *s, const u64 *actual, const u64 *expected)
{
	for (u32 i = 0; i < 15; i++)
		CHECK(i == RSP || actual[i] == expected[i],
		      "%s: register %u is 0x%lx and should be 0x%lx", s->name, i, actual[i],
		      expected[i]);
}

void expect_like(const struct store *s, const struct result *r, const struct result *reference)
{
	CHECK(r->probe.vector == NO_FAULT, "%s: vector %u error 0x%x at 0x%lx", s->name,
	      r->probe.vector, r->probe.error, r->probe.rip);
	same_registers(s, r->probe.gpr, reference->probe.gpr);
	CHECK(!((r->probe.rflags ^ reference->probe.rflags) & STATUS_FLAGS),
	      "%s: flags 0x%lx and should be 0x%lx", s->name, r->probe.rflags,
	      reference->probe.rflags);
	if (memcmp(r->memory, reference->memory, CANVAS_SIZE) != 0)
		same_memory(s, r->memory, reference->memory, 0, CANVAS_SIZE);
}

static void expect_stack(const struct store *s, const struct result *r)
{
	u64 rsp = r->probe.gpr[RSP];

	if (s->flags & STORE_AT_TARGET)
		CHECK(rsp == r->before[RDI], "%s: RSP 0x%lx moved", s->name, rsp);
	if (s->flags & STORE_AT_SOURCE)
		CHECK(rsp == r->before[RSI], "%s: RSP 0x%lx moved", s->name, rsp);
}

void expect_denied(const struct store *s, const struct result *r, const u8 *shield, u64 shielded)
{
	CHECK(r->probe.vector != NO_FAULT, "%s: not denied", s->name);
	CHECK(probe_denied(&r->probe), "%s: vector %u error 0x%x instead of a denial", s->name,
	      r->probe.vector, r->probe.error);
	CHECK(r->probe.rip >= (u64)s->store && r->probe.rip < (u64)s->store + 16,
	      "%s: denied at 0x%lx, which is not the store", s->name, r->probe.rip);
	same_registers(s, r->probe.gpr, r->before);
	expect_stack(s, r);
	same_memory(s, r->memory, pattern, (u64)(shield - canvas()), shielded);
	if (!(s->flags & STORE_IN_PARTS))
		same_memory(s, r->memory, pattern, 0, CANVAS_SIZE);
}

// SPDX-License-Identifier: MIT
// Runs instructions at both privilege levels, on memory of the CPU's own.
#include "hv/lib/string.h"
#include "tests/emul/hostile/agent/hostile.h"

// Flags that an instruction or an exception leaves. C1: RF (bit 16) too, with a fault.
#define FLAGS_SEEN 0x254fd5ULL

// The arena lies elsewhere under Tessera, the window does not.
u8 *own_page(u32 n)
{
	u32 at = cpu_this()->number * PAGES_OWN + n;

	return window_map(at, gpa_of(page(at)), PTE_P | PTE_W | (n == OWN_CODE ? 0 : PTE_U));
}

u64 own_gpa(u32 n)
{
	return gpa_of(page(cpu_this()->number * PAGES_OWN + n));
}

code place_code(const u8 *bytes, u32 size, u32 cpl)
{
	static const u8 back[] = { 0xc3 };           // ret
	static const u8 user_end[] = { 0xcd, 0x81 }; // int V_USER_END
	const u8 *end = cpl ? user_end : back;
	u8 *to = own_page(OWN_CODE);

	memcpy(to, bytes, size);
	memcpy(to + size, end, cpl ? sizeof(user_end) : sizeof(back));
	if (cpl)
		to = window_map(cpu_this()->number * PAGES_OWN + OWN_CODE, own_gpa(OWN_CODE),
				PTE_P | PTE_U);
	return (code)to;
}

static const char *const names[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
				     "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15" };

static void note_registers(struct hostile *h, const struct probe *before, const struct probe *after)
{
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (i == RSP || before->gpr[i] == after->gpr[i])
			continue;
		note(h, names[i], after->gpr[i]);
		h->hash += i;
	}
}

void run_and_note(struct hostile *h, struct probe *p, u32 cpl)
{
	struct probe before = *p;

	if (cpl)
		probe_run_user(p);
	else
		probe_run(p);
	note(h, "vector", p->vector);
	if (p->vector != NO_FAULT && p->vector != V_USER_END) {
		note(h, "error", p->error);
		note(h, "at", p->rip - (u64)p->code);
	}
	note(h, "flags", p->rflags & FLAGS_SEEN);
	note_registers(h, &before, p);
}

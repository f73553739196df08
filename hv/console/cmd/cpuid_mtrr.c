// SPDX-License-Identifier: MIT
// Commands that show what the CPU reports: mtrr, cpuid.
#include "hv/console/commands.h"
#include "hv/x86/insn.h"
#include "vmx/exit/cpuid.h"

#define DEF_TYPE_ENABLE BIT(11)
#define MASK_VALID      BIT(11)
#define FIXED_END       BIT(20)

static void print_typed(struct shell *s, u64 start, u64 end, enum memory_type type)
{
	shell_print(s, "%012lx..%012lx  %s\n", start, end, memory_type_name(type));
}

// The end of the range that has the same type as gpa, within the first MiB.
static u64 type_end(const struct mtrr_state *m, u64 gpa)
{
	enum memory_type type = mtrr_type(m, gpa);

	do
		gpa += PAGE_SIZE;
	while (gpa < FIXED_END && mtrr_type(m, gpa) == type);
	return gpa;
}

static void print_variable(struct shell *s, const struct mtrr_state *m, u32 i)
{
	u64 base = m->base[i] & PAGE_MASK, mask = m->mask[i] & PAGE_MASK;
	u64 inside = ~mask & (BIT(m->addr_bits) - 1);

	if (!(m->mask[i] & MASK_VALID))
		return;
	if (inside & (inside + 1))
		shell_print(s, "%u: base %012lx mask %012lx  %s\n", i, base, mask,
			    memory_type_name(m->base[i] & 0xff));
	else
		print_typed(s, base, base + inside + 1, m->base[i] & 0xff);
}

// Position: an address in the first MiB, whose types come from fixed and variable ranges; above
// that, the number of a variable range.
void command_mtrr(struct shell *s, u32 argc, const char **argv)
{
	const struct mtrr_state *m = &console_vm()->ept.types;
	u64 at = shell_position(s), last = FIXED_END + m->variable;

	(void)argc;
	(void)argv;
	if (!m->present || !(m->def_type & DEF_TYPE_ENABLE)) {
		shell_print(s, "MTRRs are %s\n", m->present ? "off" : "not there");
		return;
	}
	if (at == 0)
		shell_print(s, "default %s, %u variable ranges\n",
			    memory_type_name(m->def_type & 0xff), m->variable);
	for (u64 end; at < FIXED_END && shell_room(s); at = end) {
		end = type_end(m, at);
		print_typed(s, at, end, mtrr_type(m, at));
	}
	for (; at >= FIXED_END && at < last && shell_room(s); at++)
		print_variable(s, m, at - FIXED_END);
	if (at < last)
		shell_again(s, at);
}

static void print_cpuid(struct shell *s, const char *who, const u64 *r)
{
	shell_print(s, "%-8s  eax %08lx  ebx %08lx  ecx %08lx  edx %08lx\n", who, r[RAX], r[RBX],
		    r[RCX], r[RDX]);
}

void command_cpuid(struct shell *s, u32 argc, const char **argv)
{
	u64 leaf, subleaf = 0, r[4];
	struct cpuid own;

	if (!shell_read_number(s, argv[0], &leaf) ||
	    (argc > 1 && !shell_read_number(s, argv[1], &subleaf)))
		return;
	cpuid_of_guest(console_vm(), (u32)leaf, (u32)subleaf, r);
	print_cpuid(s, "guest", r);
	own = cpuid((u32)leaf, (u32)subleaf);
	r[RAX] = own.eax;
	r[RBX] = own.ebx;
	r[RCX] = own.ecx;
	r[RDX] = own.edx;
	print_cpuid(s, "hardware", r);
}

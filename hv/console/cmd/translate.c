// SPDX-License-Identifier: MIT
// Translates a guest-linear address and shows each step.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/guest_walk.h"
#include "hv/x86/control_regs.h"
#include "vmx/vmcs/snapshot.h"

#define PTE_WRITE    BIT(1)
#define PTE_USER     BIT(2)
#define PTE_ACCESSED BIT(5)
#define PTE_DIRTY    BIT(6)
#define PTE_NX       BIT(63)

static void print_walk(struct shell *s, const struct walk *w, u64 linear, u32 levels)
{
	static const char names[][5] = { "PML5", "PML4", "PDPT", "PD", "PT" };

	for (u32 i = 0; i < w->levels; i++) {
		u64 entry = w->at[i].entry;
		u32 level = levels - i;

		shell_print(s, "%-4s entry %3lu at 0x%012lx: 0x%016lx %c%c%c%c%c\n",
			    names[ARRAY_SIZE(names) - level],
			    (linear >> (12 + 9 * (level - 1))) % TABLE_ENTRIES, w->at[i].gpa, entry,
			    entry & PTE_WRITE ? 'w' : '-', entry & PTE_NX ? '-' : 'x',
			    entry & PTE_USER ? 'u' : '-', entry & PTE_ACCESSED ? 'a' : '-',
			    entry & PTE_DIRTY ? 'd' : '-');
	}
}

void command_translate(struct shell *s, u32 argc, const char **argv)
{
	struct cpu *c = read_cpu(s, argv[0]);
	struct paging paging;
	struct walk w;
	u64 linear;
	int error;

	(void)argc;
	if (!c || !shell_read_number(s, argv[1], &linear) || !shell_run_on(s, c, snapshot_take))
		return;
	paging = (struct paging){ .cr0 = snapshot_field(GUEST_CR0),
				  .cr3 = snapshot_field(GUEST_CR3),
				  .cr4 = snapshot_field(GUEST_CR4),
				  .efer = snapshot_field(GUEST_EFER) };
	error = walk_linear(console_cpu(), &paging, linear, &w);
	print_walk(s, &w, linear, paging.cr4 & CR4_LA57 ? 5 : 4);
	if (error == TESSERA_UNSUPPORTED)
		shell_print(s, "cpu %u runs with 32-bit paging, which is not walked\n", c->number);
	else if (error)
		shell_print(s, "0x%lx is not mapped\n", linear);
	else
		shell_print(s, "0x%lx is 0x%lx, in a page of %lu KiB\n", linear, w.gpa,
			    w.size / 1024);
	if (!error)
		print_ept_leaf(s, w.gpa);
}

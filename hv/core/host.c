// SPDX-License-Identifier: MIT
#include "hv/core/host.h"

#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/fault.h"
#include "hv/x86/hostmap.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"

// A virtual area beside the block. Each CPU has 64 KiB of it for its root stack, its three
// interrupt stacks and its windows, with unmapped pages between them.
#define CPU_AREA            0xffffffffc0000000ULL
#define CPU_AREA_STRIDE     0x10000ULL
#define STACK_OFFSET        0x1000ULL // page 0 stays unmapped, so an overflow faults
#define IST_OFFSET          0x6000ULL
#define IST_STRIDE          0x2000ULL // one page and the unmapped page below it
#define WINDOW_OFFSET       0xc000ULL
#define DEVICE_AREA         0xfffffffff0000000ULL

#define CODE_DESCRIPTOR     0x00209b0000000000ULL // 64-bit, ring 0, accessed
#define DATA_DESCRIPTOR     0x0000930000000000ULL
#define BUSY_TSS_DESCRIPTOR ((u64)RIGHTS_BUSY_TSS << 40)
#define TSS_LIMIT           (sizeof(struct tss) - 1)

#define GATE_INTERRUPT      0x8e00

struct __attribute__((packed)) gate {
	u16 offset_low, selector, flags, offset_middle;
	u32 offset_high, reserved;
};

static struct gate idt[256];
static u64 device_bytes; // mapped there

// The state of the CPU before host_load. One copy is enough: CPUs are launched one at a time.
static struct descriptor_table native_gdtr, native_idtr;
static u64 native_gs;

// The vectors that can be delivered at any instruction have stacks of their own.
static u8 ist_of(u32 vector)
{
	static const u8 own[] = { [VECTOR_NMI] = IST_NMI, [VECTOR_DF] = 2, [VECTOR_MC] = 3 };

	return vector < ARRAY_SIZE(own) ? own[vector] : 0;
}

static void fill_idt(void)
{
	for (u32 v = 0; v < ARRAY_SIZE(idt); v++) {
		u64 stub = (u64)fault_stubs + MIN(v, FAULT_STUB_LAST) * FAULT_STUB_SIZE;

		idt[v] = (struct gate){ .offset_low = stub,
					.selector = HOST_CODE_SELECTOR,
					.flags = GATE_INTERRUPT | ist_of(v),
					.offset_middle = stub >> 16,
					.offset_high = stub >> 32 };
	}
}

static bool map_stack(u64 va, u64 size)
{
	for (u64 at = va; at < va + size; at += PAGE_SIZE) {
		void *page = pool_alloc(&pool);

		if (!page || !hostmap_map(&pool, pool_va(&pool, boot->host_cr3), at,
					  pool_pa(&pool, page), PAGE_SIZE, HOST_RW))
			return false;
	}
	return true;
}

static bool map_area(struct cpu *c)
{
	u64 area = CPU_AREA + c->number * CPU_AREA_STRIDE;
	u64 *root = pool_va(&pool, boot->host_cr3);

	if (!map_stack(area + STACK_OFFSET, STACK_SIZE))
		return false;
	c->stack_top = (u8 *)(area + STACK_OFFSET + STACK_SIZE);
	for (u32 i = 0; i < 3; i++) {
		u64 stack = area + IST_OFFSET + i * IST_STRIDE;

		if (!map_stack(stack, IST_STACK_SIZE))
			return false;
		c->tss.ist[i] = stack + IST_STACK_SIZE;
	}
	c->window_va = (u8 *)(area + WINDOW_OFFSET);
	for (u32 i = 0; i < WINDOWS_PER_CPU; i++) {
		c->window[i] = hostmap_slot(&pool, root, area + WINDOW_OFFSET + i * PAGE_SIZE);
		if (!c->window[i])
			return false;
	}
	return true;
}

static void fill_gdt(struct cpu *c)
{
	u64 tss = (u64)&c->tss;

	c->gdt[1] = CODE_DESCRIPTOR;
	c->gdt[2] = DATA_DESCRIPTOR;
	c->gdt[HOST_TSS_SELECTOR / 8] = TSS_LIMIT | (tss & 0xffffff) << 16 | BUSY_TSS_DESCRIPTOR |
					((tss >> 24) & 0xff) << 56;
	c->gdt[HOST_TSS_SELECTOR / 8 + 1] = tss >> 32;
	c->tss.io_map = sizeof(struct tss);
}

_Static_assert(sizeof(struct cpu) <= PAGE_SIZE, "a CPU's record fills one page at most");

struct cpu *host_create_cpu(struct vm *vm, u32 number)
{
	struct cpu *c = pool_alloc(&pool);
	void *vmxon = pool_alloc(&pool), *vmcs = pool_alloc(&pool);

	if (!c || !vmxon || !vmcs)
		return NULL;
	if (number == 0)
		fill_idt();
	c->self = c;
	c->number = number;
	c->vm = vm;
	c->vmxon_pa = pool_pa(&pool, vmxon);
	c->vmcs_pa = pool_pa(&pool, vmcs);
	fill_gdt(c);
	return map_area(c) ? c : NULL;
}

static void load_tables(const struct descriptor_table *gdtr, const struct descriptor_table *idtr)
{
	lgdt(gdtr);
	lidt(idtr);
}

void host_load(struct cpu *c)
{
	struct descriptor_table gdtr = { sizeof(c->gdt) - 1, (u64)c->gdt };
	struct descriptor_table idtr = { sizeof(idt) - 1, host_idt_base() };

	sgdt(&native_gdtr);
	sidt(&native_idtr);
	native_gs = rdmsr(IA32_GS_BASE);
	load_tables(&gdtr, &idtr);
	__asm__ volatile("mov %0, %%ds\n"
			 "mov %0, %%es\n"
			 "mov %0, %%ss\n"
			 "push %1\n"
			 "lea 1f(%%rip), %%rax\n"
			 "push %%rax\n"
			 "lretq\n"
			 "1:" ::"r"(0),
			 "i"(HOST_CODE_SELECTOR)
			 : "rax", "memory");
	wrmsr(IA32_GS_BASE, (u64)c);
}

// hv/entry/entry.asm restores the selectors, when the firmware's GDT is mapped again.
void host_unload(void)
{
	wrmsr(IA32_GS_BASE, native_gs);
	load_tables(&native_gdtr, &native_idtr);
}

u64 host_idt_base(void)
{
	return (u64)idt;
}

volatile void *host_map_device(u64 pa)
{
	u64 va = DEVICE_AREA + device_bytes;

	if (!hostmap_map(&pool, pool_va(&pool, boot->host_cr3), va, pa, PAGE_SIZE,
			 HOST_RW | PT_PCD))
		return NULL;
	device_bytes += PAGE_SIZE;
	return (volatile void *)va;
}

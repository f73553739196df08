// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "attack.h"

#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define SIZE 256

static u64 data[SIZE / sizeof(u64)] = { 1 };
static const u64 constants[SIZE / sizeof(u64)] = { 1 };
static void *small, *large, *scattered, *page;
static void __percpu *each;

int places_take(void)
{
	small = kmalloc(SIZE, GFP_KERNEL);
	large = kmalloc(64 << 10, GFP_KERNEL);
	scattered = vmalloc(16 << 10);
	page = (void *)__get_free_page(GFP_KERNEL);
	each = __alloc_percpu(SIZE, SIZE);
	if (small && large && scattered && page && each)
		return 0;
	places_drop();
	return -ENOMEM;
}

void places_drop(void)
{
	kfree(small);
	kfree(large);
	vfree(scattered);
	free_page((unsigned long)page);
	free_percpu(each);
}

void places_tell(void)
{
	say("place slab 0x%px\n", small);
	say("place kmalloc 0x%px\n", large);
	say("place vmalloc 0x%px\n", scattered);
	say("place page 0x%px\n", page);
	say("place percpu 0x%px\n", per_cpu_ptr(each, 0));
	say("place data 0x%px\n", data);
	say("place constants 0x%px\n", constants);
	say("place text 0x%px\n", places_take);
	say("place image 0x%px\n", kfree);
}

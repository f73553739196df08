// SPDX-License-Identifier: MIT
// The fixed-width names and the few constants that every room uses. Compiles in the freestanding
// hypervisor, in the UEFI loader and in host tests alike.
#ifndef HV_LIB_TYPES_H
#define HV_LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define BIT(n)           (1ULL << (n))
#define ARRAY_SIZE(a)    (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)        ((a) < (b) ? (a) : (b))
#define MAX(a, b)        ((a) > (b) ? (a) : (b))
#define ALIGN_DOWN(x, a) ((x) & ~((u64)(a)-1))
#define ALIGN_UP(x, a)   ALIGN_DOWN((x) + (a)-1, a)

#define PAGE_SHIFT       12
#define PAGE_SIZE        BIT(PAGE_SHIFT)
#define PAGE_MASK        (~(PAGE_SIZE - 1))
#define SIZE_2M          BIT(21)
#define SIZE_1G          BIT(30)

// 4 levels of 512 entries: what the CPU's paging, EPT and SPPT have in common.
#define TABLE_ENTRIES 512

#endif

// SPDX-License-Identifier: MIT
// Commands that show how guest-physical memory is mapped: ept, and spp, which draws the mosaic.
#include "hv/console/commands.h"
#include "hv/lib/string.h"

#define TILES_A_ROW 8

static const char *const level_names[] = { "hole", "4 KiB", "2 MiB", "1 GiB" };

// Reads an address, which must be within the map.
static bool read_gpa(struct shell *s, const char *text, u64 *gpa)
{
	const struct ept *e = &console_vm()->ept;

	if (!shell_read_number(s, text, gpa))
		return false;
	if (*gpa >> e->addr_bits) {
		shell_print(s, "0x%lx is beyond this machine's %u address bits\n", *gpa,
			    e->addr_bits);
		return false;
	}
	return true;
}

struct ept_leaf console_leaf(u64 gpa)
{
	struct vm *vm = console_vm();
	struct ept_leaf leaf;

	lock_take(&vm->policy.lock);
	leaf = ept_lookup(&vm->ept, gpa);
	lock_drop(&vm->policy.lock);
	return leaf;
}

static void print_rights(struct shell *s, u64 entry)
{
	shell_print(s, "%c%c%c%s %s", entry & EPT_R ? 'r' : '-', entry & EPT_W ? 'w' : '-',
		    entry & EPT_X ? 'x' : '-', entry & EPT_SPP ? " writes by tile," : ",",
		    memory_type_name((entry & EPT_TYPE_MASK) >> EPT_TYPE_SHIFT));
}

void print_ept_leaf(struct shell *s, u64 gpa)
{
	const struct ept *e = &console_vm()->ept;
	struct ept_leaf leaf = console_leaf(gpa);

	if (gpa >= e->hidden_start && gpa < e->hidden_end) {
		shell_print(s, "0x%lx: Tessera's own memory: the guest reads zeros there\n", gpa);
		return;
	}
	if (leaf.level == 0) {
		shell_print(s, "0x%lx: not mapped, a hole of 0x%lx bytes at 0x%lx\n", gpa,
			    leaf.size, leaf.gpa);
		return;
	}
	shell_print(s, "0x%lx: %s page at 0x%lx, ", gpa, level_names[leaf.level], leaf.gpa);
	print_rights(s, leaf.entry);
	shell_print(s, ", entry 0x%lx\n", leaf.entry);
}

// The properties that all leaves of one line of the map share; a hole is never on a line with a
// leaf.
#define LIKE_MASK    (EPT_RWX | EPT_TYPE_MASK | EPT_SPP)

#define LEAVES_A_RUN 512

static void print_range(struct shell *s, u64 start, u64 end, u64 like, bool hole)
{
	static const char units[] = { 'K', 'M', 'G', 'T' };
	u64 size = (end - start) / 1024;
	u32 unit = 0;

	for (; size % 1024 == 0 && unit < ARRAY_SIZE(units) - 1; unit++)
		size /= 1024;
	shell_print(s, "%012lx..%012lx %5lu %ciB  ", start, end, size, units[unit]);
	if (hole)
		shell_print(s, "hidden: Tessera");
	else
		print_rights(s, like);
	shell_print(s, "\n");
}

// Prints a line for each run of leaves with the same properties. Position: the start of the current
// line + 1, which is never 0.
static void print_map(struct shell *s)
{
	static u64 reached;
	const struct ept *e = &console_vm()->ept;
	u64 start = shell_position(s) & PAGE_MASK, end = BIT(e->addr_bits);
	struct ept_leaf first = console_leaf(start);

	if (!shell_position(s))
		reached = 0;
	for (u32 i = 0; i < LEAVES_A_RUN && reached < end && shell_room(s); i++) {
		struct ept_leaf leaf = console_leaf(reached);

		if (!leaf.level != !first.level || (leaf.entry ^ first.entry) & LIKE_MASK) {
			print_range(s, start, leaf.gpa, first.entry, !first.level);
			start = leaf.gpa;
			first = leaf;
		}
		reached = leaf.gpa + leaf.size;
	}
	if (reached < end)
		shell_again(s, start | 1);
	else
		print_range(s, start, end, first.entry, !first.level);
}

void command_ept(struct shell *s, u32 argc, const char **argv)
{
	u64 gpa;

	(void)argc;
	if (strcmp(argv[0], "map") == 0)
		print_map(s);
	else if (read_gpa(s, argv[0], &gpa))
		print_ept_leaf(s, gpa);
}

bool complete_ept(u32 arg, u32 index, char *text, u32 size)
{
	return arg == 0 && shell_word("map", index, text, size);
}

// Whether the regions together cover every byte of the tile at gpa.
static bool tile_is_covered(const struct policy *p, u64 gpa)
{
	const struct region *r = NULL;
	u64 end = gpa + TESSERA_TILE_SIZE;
	u64 reached = gpa;

	while (reached < end && (r = region_next(&p->regions, gpa, end, r)) && r->start <= reached)
		reached = MAX(reached, r->end);
	return reached >= end;
}

// Two characters a tile: the mark of its strictest action, twice if the whole tile is protected.
static void draw_tile(struct shell *s, const struct policy *p, u64 gpa)
{
	struct verdict v = policy_judge(p, gpa, TESSERA_TILE_SIZE);
	bool whole = v.action == TESSERA_ACTION_ALLOW || v.rule == TESSERA_RULE_ACCESS ||
		     tile_is_covered(p, gpa);
	char mark = action_mark(v.action);

	shell_print(s, "   %c%c", mark, whole ? mark : '.');
}

static void draw_mosaic(struct shell *s, const struct policy *p, u64 page)
{
	shell_print(s, "       ");
	for (u32 i = 0; i < TILES_A_ROW; i++)
		shell_print(s, " +%03x", i * TESSERA_TILE_SIZE);
	for (u32 i = 0; i < TESSERA_TILES_PER_PAGE; i++) {
		if (i % TILES_A_ROW == 0)
			shell_print(s, "\n  +%03x ", i * TESSERA_TILE_SIZE);
		draw_tile(s, p, page + i * TESSERA_TILE_SIZE);
	}
	shell_print(s, "\n  .. open");
	for (u32 i = TESSERA_ACTION_AUDIT; i < TESSERA_ACTION_COUNT; i++)
		shell_print(s, "  %c%c %s", action_mark(i), action_mark(i), action_name(i));
	shell_print(s, "  #. part of the tile\n");
}

// Prints the rights in EPT and SPPT, and whether they agree with the rules.
static void print_hardware(struct shell *s, const struct policy *p, u64 page)
{
	const u64 *leaf = NULL;
	u32 level = 0;

	if (p->hardware)
		leaf = sppt_walk(&p->sppt, page, &level);
	if (leaf)
		shell_print(s, "SPPT leaf 0x%016lx", *leaf);
	else if (p->hardware)
		shell_print(s, "no SPPT path (level %u)", level);
	else
		shell_print(s, "software engine");
	shell_print(s, ", open tiles 0x%08x, %s\n", policy_tiles(p, page),
		    policy_in_force(p, page) ? "in force" : "NOT IN FORCE");
}

static void print_region(struct shell *s, const struct policy *p, u64 page, const struct region *r)
{
	const struct rule *rule = rule_get(&p->rules, r->rule);
	u64 first = MAX(r->start, page) - page;
	u64 last = MIN(r->end, page + PAGE_SIZE) - 1 - page;
	char name[TESSERA_NAME_SIZE];

	rule_name(p, r->rule, name);
	shell_print(s, "tiles %2lu..%-2lu  +%03lx..+%03lx  %-7s %s (rule %u)\n",
		    first / TESSERA_TILE_SIZE, last / TESSERA_TILE_SIZE, first, last,
		    rule ? action_name(rule->action) : "?", name, r->rule);
}

// Prints the regions of the page from the index-th on. If a region is added or removed between two
// runs, one line may be missing or doubled.
static void print_regions(struct shell *s, const struct policy *p, u64 page, u64 index)
{
	const struct region *r = NULL;

	for (u64 i = 0; (r = region_next(&p->regions, page, page + PAGE_SIZE, r)); i++) {
		if (i < index)
			continue;
		if (!shell_room(s)) {
			shell_again(s, i + 1);
			return;
		}
		print_region(s, p, page, r);
	}
}

void command_spp(struct shell *s, u32 argc, const char **argv)
{
	struct policy *p = &console_vm()->policy;
	u64 position = shell_position(s);
	u64 gpa;
	u64 page;

	(void)argc;
	if (!read_gpa(s, argv[0], &gpa))
		return;
	page = gpa & PAGE_MASK;
	if (position == 0)
		print_ept_leaf(s, gpa);
	if (!console_leaf(gpa).level)
		return;
	lock_take(&p->lock);
	if (position == 0) {
		draw_mosaic(s, p, page);
		print_hardware(s, p, page);
	}
	print_regions(s, p, page, position ? position - 1 : 0);
	lock_drop(&p->lock);
}

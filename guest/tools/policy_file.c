// SPDX-License-Identifier: MIT
#include "tools/policy_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tessera.h"
#include "tools/target.h"
#include "tools/rule_choice.h"

#define WORDS_MAX    16
#define MESSAGE_SIZE 256
#define BLANKS       " \t\r"

// What is being read.
struct reading {
	struct policy *policy;
	unsigned int line;
	char *words[WORDS_MAX];
	int count;
	bool faulty;
	policy_complaint complain;
	void *context;
};

__attribute__((format(printf, 2, 3))) static void line_error(struct reading *r, const char *format,
							     ...)
{
	char message[MESSAGE_SIZE];
	va_list list;

	va_start(list, format);
	vsnprintf(message, sizeof(message), format, list);
	va_end(list);
	r->faulty = true;
	r->complain(r->context, r->line, message);
}

// One more element at the end of an array, zeroed. NULL, with a complaint, without memory.
static void *append_element(struct reading *r, void **array, size_t *count, size_t size)
{
	void *grown = realloc(*array, (*count + 1) * size);

	if (!grown) {
		line_error(r, "out of memory");
		return NULL;
	}
	*array = grown;
	return memset((char *)grown + (*count)++ * size, 0, size);
}

static struct policy_rule *find_rule(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->rule_count; i++)
		if (strcmp(p->rules[i].name, name) == 0)
			return &p->rules[i];
	return NULL;
}

static void read_rule(struct reading *r)
{
	struct policy *p = r->policy;
	struct policy_rule *rule;
	uint32_t action;

	if (r->count != 3) {
		line_error(r, "a rule line needs a name and an action");
		return;
	}
	rule = find_rule(p, r->words[1]);
	if (!rule_name_is_valid(r->words[1]))
		line_error(r, "`%s` " RULE_NAME_ERROR, r->words[1]);
	else if (strcmp(r->words[1], POLICY_ALL) == 0)
		line_error(r, "a rule cannot be named all: `seal all` means the whole policy");
	else if (rule)
		line_error(r, "the rule %s is already defined in line %u", rule->name, rule->line);
	else if (tessera_action_read(r->words[2], &action))
		line_error(r, "`%s` " ACTION_ERROR, r->words[2]);
	else if ((rule = append_element(r, (void **)&p->rules, &p->rule_count, sizeof(*rule))))
		*rule = (struct policy_rule){ .line = r->line,
					      .name = r->words[1],
					      .action = action };
}

// The options that may stand in a file: a process is gone when the file is read again.
static bool may_stand(enum option option)
{
	return option == OPTION_symbol || option == OPTION_module || option == OPTION_section ||
	       option == OPTION_which || option == OPTION_phys || option == OPTION_len;
}

static bool read_place(struct reading *r, struct options *place)
{
	const char *error;
	char why[WHY_SIZE];

	for (int i = 2; i < r->count; i += 2) {
		enum option option = option_find(r->words[i]);

		if (option == OPTION_COUNT || !may_stand(option)) {
			line_error(
				r,
				"`%s` is not one of symbol, which, module, section, phys and len",
				r->words[i]);
			return false;
		}
		if (!option_set(place, option, r->words[i],
				i + 1 < r->count ? r->words[i + 1] : NULL, why)) {
			line_error(r, "%s", why);
			return false;
		}
	}
	error = target_error(place);
	if (error)
		line_error(r, "%s", error);
	return !error;
}

static void read_region(struct reading *r)
{
	struct policy *p = r->policy;
	struct policy_rule *rule = r->count > 1 ? find_rule(p, r->words[1]) : NULL;
	struct policy_region *region;
	struct options place = { 0 };

	if (r->count < 2)
		line_error(r, "a region line needs a rule and a target");
	else if (!rule)
		line_error(r, "no rule %s is defined above this line", r->words[1]);
	else if (read_place(r, &place) &&
		 (region = append_element(r, (void **)&p->regions, &p->region_count,
					  sizeof(*region))))
		*region = (struct policy_region){ .line = r->line,
						  .rule = (size_t)(rule - p->rules),
						  .place = place };
}

static void read_seal(struct reading *r)
{
	struct policy_rule *rule = r->count == 2 ? find_rule(r->policy, r->words[1]) : NULL;

	if (r->count != 2)
		line_error(r, "a seal line needs one rule, or all");
	else if (strcmp(r->words[1], POLICY_ALL) == 0)
		r->policy->sealed = r->line;
	else if (rule)
		rule->sealed = r->line;
	else
		line_error(r, "no rule %s is defined above this line", r->words[1]);
}

static void read_line(struct reading *r)
{
#define POLICY_ROW(word, arguments, help) { #word, read_##word },
	static const struct {
		const char *word;
		void (*read)(struct reading *r);
	} lines[] = { POLICY_LINES(POLICY_ROW) };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(r->words[0], lines[i].word) == 0) {
			lines[i].read(r);
			return;
		}
	}
	line_error(r, "a line must begin with rule, region or seal, not with `%s`", r->words[0]);
}

// Cuts a line into words, up to a comment. False, with a complaint, when they are too many.
static bool split_words(struct reading *r, char *line)
{
	char *rest, *word;

	r->count = 0;
	for (word = strtok_r(line, BLANKS, &rest); word && *word != '#';
	     word = strtok_r(NULL, BLANKS, &rest)) {
		if (r->count == WORDS_MAX) {
			line_error(r, "too many words: a line can have at most %u", WORDS_MAX);
			return false;
		}
		r->words[r->count++] = word;
	}
	return true;
}

bool policy_read(struct policy *p, const char *text, size_t size, policy_complaint complain,
		 void *context)
{
	struct reading r = { .policy = p, .complain = complain, .context = context };

	*p = (struct policy){ .text = malloc(size + 1) };
	if (!p->text) {
		line_error(&r, "out of memory");
		return false;
	}
	memcpy(p->text, text, size);
	p->text[size] = 0;
	for (char *at = p->text, *end = at + size; at < end;) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		char *next = stop ? stop + 1 : end;

		r.line++;
		if (stop)
			*stop = 0;
		if (memchr(at, 0, (size_t)((stop ? stop : end) - at)))
			line_error(&r,
				   "the line holds a zero byte: a policy file must be plain text");
		else if (split_words(&r, at) && r.count)
			read_line(&r);
		at = next;
	}
	return !r.faulty;
}

void policy_free(struct policy *p)
{
	free(p->text);
	free(p->rules);
	free(p->regions);
	*p = (struct policy){ 0 };
}

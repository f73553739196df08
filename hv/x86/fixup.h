// SPDX-License-Identifier: MIT
// Instructions that may fault on a guest's behalf: if the one at `from` faults in root mode, it
// execution continues at `to`. The table is not sorted; it is searched only after a fault.
#ifndef HV_X86_FIXUP_H
#define HV_X86_FIXUP_H

#define FIXUP(from, to)                  \
	"\n.pushsection .fixup, \"a\"\n" \
	".quad " #from ", " #to "\n"     \
	".popsection\n"

#endif

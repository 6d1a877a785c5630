# SPDX-License-Identifier: GPL-2.0
# compare.awk LIST KERNEL-CASES SEXTANT-CASES: the results of two stacks (from cases.awk) as those of a test file.

# The glob of a `without` line as a regular expression.
function regex(glob) {
	gsub(/[][.+^$(){}|\\]/, "\\\\&", glob)
	gsub(/\*/, ".*", glob)
	gsub(/\?/, ".", glob)
	return "^" glob "$"
}

function left_out(text,    i) {
	for (i = 1; i <= patterns; i++)
		if (text ~ pattern[i]) {
			used[i] = 1
			return 1
		}
	return 0
}

function verdict(word, text, why) {
	print word " " text (why == "" ? "" : ": " why)
	results++
	bad += word == "not ok"
}

FNR == 1 { file++ }
file == 1 && $1 == "without" { pattern[++patterns] = regex($2); glob[patterns] = $2 }
file == 1 && $1 == "run" { ran[++runs] = $2 }
file > 1 {
	word = $1
	text = substr($0, 6)
	got[file, text] = word
	if (!(text in known)) {
		known[text] = 1
		order[++cases] = text
	}
}

END {
	for (i = 1; i <= cases; i++) {
		text = order[i]
		if (left_out(text))
			continue
		theirs = got[2, text]
		ours = got[3, text]
		if (theirs == "pass" && ours == "pass")
			verdict("ok", text)
		else if (theirs == "pass")
			verdict("not ok", text, ours == "" ? "passes with ipv6.ko and does not come with ours" : "passes with ipv6.ko and not with ours (" ours ")")
		else
			verdict("not ok", text, "with ipv6.ko: " (theirs == "" ? "no such case" : theirs) ", with ours: " (ours == "" ? "no such case" : ours))
	}
	# A pattern of a run that took place must have named something.
	for (i = 1; i <= patterns; i++) {
		name = glob[i]
		sub(/\/.*/, "", name)
		for (j = 1; j <= runs; j++)
			if (ran[j] == name && !(i in used))
				verdict("not ok", "list " glob[i], "names no case any more")
	}
	print "1.." results + 0
	exit bad > 0
}

# SPDX-License-Identifier: GPL-2.0
# The output of one run of a selftest, with "== status N" at its end, as lines of "pass CASE", "fail CASE", "skip CASE".
# scripts/tests/selftests/run says what `how` is. A run without a case, or one that ended badly though no case failed, is
# a failed case of its own.

function result(word, text) {
	gsub(/^[ \t]+|[ \t\r]+$/, "", text)
	if (text in seen)
		text = text " (" ++seen[text] ")"
	else
		seen[text] = 1
	print word " " name (text == "" ? "" : "/" text)
	cases++
	if (word == "fail")
		failed++
}

/^== status / { status = $3; next }

how == "ktap" && /^(not )?ok [0-9]+ / {
	word = /^not/ ? "fail" : /# *SKIP/ ? "skip" : /# *XFAIL/ ? "fail" : "pass"
	text = $0
	sub(/^(not )?ok [0-9]+ (- )?/, "", text)
	sub(/ *#.*/, "", text)
	result(word, text)
	# What it says at the end of the failed ones is the same.
	ktap_failed += word == "fail"
}

how == "lines" && /\[ *(OK|PASS|FAIL|XFAIL|SKIP) *\] *$/ {
	word = /\[ *(OK|PASS) *\] *$/ ? "pass" : /\[ *SKIP *\] *$/ ? "skip" : "fail"
	text = $0
	sub(/ *\[ *[A-Z]+ *\] *$/, "", text)
	sub(/^.*TEST: */, "", text)
	gsub(/[ \t]+/, " ", text)
	result(word, text)
}

how == "returned" && /^ *Case .* returned / {
	text = $0
	sub(/^ *Case /, "", text)
	sub(/ returned .*/, "", text)
	result("fail", text)
}
how == "returned" && (/^OK$/ || /^FAIL - [0-9]+\/[0-9]+ cases failed/) {
	result("pass", "others")
}

how == "same" && /^same / { result("pass", substr($0, 6)) }

how == "unittest" && /^test[A-Za-z0-9_]* \([A-Za-z0-9_.]*\)/ {
	text = $2
	gsub(/[()]/, "", text)
	n = split(text, part, ".")
	test = part[n - 1] "." part[n]
}
how == "unittest" && test != "" && / \.\.\. (ok|FAIL|ERROR|skipped .*|expected failure)$/ {
	result(/ ok$/ ? "pass" : / skipped / ? "skip" : "fail", test)
	test = ""
}

END {
	if (how == "status")
		result(status == 0 ? "pass" : status == 4 ? "skip" : "fail", "")
	else if (!cases)
		result("fail", "has no cases, status " status)
	else if (status != 0 && !failed)
		result("fail", "ended with status " status)
}

# Writes docs/Protocol.md: the rows of Tests/Protocol/checklist.tsv, which come first, and the tests that name them.
#
# Above a test stands `/// Rows: G001, G016.` in Swift, `# Rows: G001` in Python. A row with neither a test nor a reason,
# a row with both, and a test that names no row, end it with 1.

BEGIN { FS = "\t" }

FNR == 1 { file = FILENAME; suite = ""; waiting = "" }

file ~ /checklist\.tsv$/ && /^## / { order[++count] = $0; next }
file ~ /checklist\.tsv$/ { order[++count] = $1; since[$1] = $2; level[$1] = $3; says[$1] = $4; reason[$1] = $5; next }

/@Suite.*struct `/ { suite = quoted($0) }
/^ *(\/\/\/?|#) Rows: / { waiting = $0; sub(/.*Rows: /, "", waiting); sub(/[.]$/, "", waiting); next }
waiting != "" && /func `/ { name(suite " " quoted($0)) }
waiting != "" && /^ *(async )?def test_/ {
    title = $0
    sub(/.*def test_/, "", title)
    sub(/\(.*/, "", title)
    gsub(/_/, " ", title)
    name(toupper(substr(title, 1, 1)) substr(title, 2))
}

function quoted(line, parts) {
    split(line, parts, "`")
    return parts[2]
}

function name(title, ids, n, i) {
    n = split(waiting, ids, /, */)
    for (i = 1; i <= n; i++) {
        if (!(ids[i] in says)) problem(file ": \"" title "\" names " ids[i] ", which is no row")
        shown[ids[i]] = shown[ids[i]] (shown[ids[i]] == "" ? "" : "<br>") "[" title "](../" file ")"
    }
    waiting = ""
}

function problem(text) {
    print text >"/dev/stderr"
    problems++
}

END {
    for (i = 1; i <= count; i++) {
        row = order[i]
        if (row ~ /^## /) {
            printf "\n%s\n\n| Row | Revisions | Level | What holds | Shown by |\n|---|---|---|---|---|\n", row
            continue
        }
        if (shown[row] == "" && reason[row] == "") problem(row " has neither a test nor a reason: " says[row])
        if (shown[row] != "" && reason[row] != "") problem(row " has a test, so its reason is void: " reason[row])
        printf "| %s | %s | %s | %s | %s |\n", row, since[row], level[row], says[row], \
            shown[row] == "" ? "*" reason[row] "*" : shown[row]
    }
    exit problems > 0
}

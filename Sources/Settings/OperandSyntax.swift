/// What may stand where, as the help of a command writes it: `TOOL [KEY=VALUE …]`, `list | revoke ID`.
///
/// A word that begins with a small letter or a digit is itself, one in capitals stands for something, `[]` may be left out, `|`
/// is a choice, and what stands before `…` may come again.
struct OperandSyntax {
    private indirect enum Node {
        case word(String)
        case sequence([Node])
        case choice([Node])
        case optional(Node)
        case repeated(Node)
    }

    private let root: Node

    init(_ text: String) {
        var tokens: [String] = [""]
        for letter in text {
            if "[]|…".contains(letter) {
                tokens += [String(letter), ""]
            } else if letter == " " {
                tokens.append("")
            } else {
                tokens[tokens.count - 1].append(letter)
            }
        }
        var rest = tokens.filter { !$0.isEmpty && $0 != "--" }[...]
        root = Self.choice(&rest)
    }

    private static func choice(_ rest: inout ArraySlice<String>) -> Node {
        var ways = [sequence(&rest)]
        while rest.first == "|" {
            rest.removeFirst()
            ways.append(sequence(&rest))
        }
        return .choice(ways)
    }

    private static func sequence(_ rest: inout ArraySlice<String>) -> Node {
        var nodes: [Node] = []
        while let token = rest.first, token != "|", token != "]" {
            rest.removeFirst()
            if token == "…", let last = nodes.popLast() {
                nodes.append(.repeated(last))
            } else if token == "[" {
                nodes.append(.optional(choice(&rest)))
                if rest.first == "]" { rest.removeFirst() }
            } else {
                nodes.append(.word(token))
            }
        }
        return .sequence(nodes)
    }

    /// The words that may follow these, each once: as they are typed, or what stands for them.
    func words(after typed: [String]) -> [String] {
        var found: [String] = []
        _ = Self.ends(of: root, from: [0], typed, &found)
        return found
    }

    static func isItself(_ word: String) -> Bool { word.first.map { $0.isLowercase || $0.isNumber } ?? false }

    /// Where this part can end that begins at one of these places; collects what would come after the last word.
    private static func ends(of node: Node, from starts: Set<Int>, _ typed: [String], _ found: inout [String]) -> Set<
        Int
    > {
        switch node {
        case .word(let word):
            if starts.contains(typed.count), !found.contains(word) { found.append(word) }
            return Set(starts.filter { $0 < typed.count && (!isItself(word) || typed[$0] == word) }.map { $0 + 1 })
        case .sequence(let nodes): return nodes.reduce(starts) { ends(of: $1, from: $0, typed, &found) }
        case .choice(let nodes):
            return nodes.reduce(into: []) { $0.formUnion(ends(of: $1, from: starts, typed, &found)) }
        case .optional(let node): return starts.union(ends(of: node, from: starts, typed, &found))
        case .repeated(let node):
            var (all, fresh) = (Set<Int>(), starts)
            while !fresh.isEmpty {
                fresh = ends(of: node, from: fresh, typed, &found).subtracting(all)
                all.formUnion(fresh)
            }
            return all
        }
    }
}

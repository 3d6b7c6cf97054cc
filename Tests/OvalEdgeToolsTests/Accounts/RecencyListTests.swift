import TestSupport
import Testing

@testable import OvalEdgeTools

@Suite struct `A list by recency` {
    private func list(_ keys: String) -> RecencyList<Character, Int> {
        var list = RecencyList<Character, Int>()
        for (number, key) in zip(1..., keys) { list.insert(number, for: key) }
        return list
    }

    /// The keys, as they would have to leave.
    private func order(_ list: RecencyList<Character, Int>) -> String {
        var (list, order) = (list, "")
        while let oldest = list.oldest {
            order.append(oldest.key)
            list.remove(oldest.key)
        }
        return order
    }

    @Test func `has the one used last at its end`() {
        var list = list("abc")
        #expect(order(list) == "abc")
        #expect(list.use("a") == 1 && list.use("x") == nil)
        #expect(order(list) == "bca")
        list.insert(9, for: "b")
        #expect(order(list) == "cab" && list.use("b") == 9 && list.count == 3)
    }

    @Test(arguments: ["a", "b", "c"]) func `closes the gap where one leaves`(key: Character) {
        var list = list("abc")
        #expect(list.remove(key) != nil && list.remove(key) == nil)
        #expect(order(list) == "abc".filter { $0 != key })
        list.insert(4, for: "d")
        #expect(order(list) == "abc".filter { $0 != key } + "d")
    }

    @Test func `is the same as a plain one after any steps`() {
        var numbers = SeededNumbers(seed: 5)
        var (list, plain) = (RecencyList<Int, Int>(), [Int]())
        for step in 0..<5000 {
            let key = Int(numbers.next() % 20)
            switch numbers.next() % 3 {
            case 0:
                list.insert(step, for: key)
                plain = plain.filter { $0 != key } + [key]
            case 1:
                #expect((list.use(key) != nil) == plain.contains(key))
                if plain.contains(key) { plain = plain.filter { $0 != key } + [key] }
            default:
                list.remove(key)
                plain.removeAll { $0 == key }
            }
            #expect(list.count == plain.count && list.oldest?.key == plain.first)
        }
    }
}

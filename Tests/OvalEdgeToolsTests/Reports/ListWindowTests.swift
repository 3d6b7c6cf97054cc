import OvalEdgeTools
import Rendering
import Testing

@Suite struct `A window on lists` {
    /// `1`, `2`, `3` … as far as a list of that length goes.
    private func list(_ length: Int) -> [Int] { Array(0..<length).map { $0 + 1 } }

    private func rows(_ window: ListWindow, of length: Int) -> [Int] { Array(window.of(list(length))) }

    @Test func `shares its room, and gives what short lists leave to the longer ones`() {
        let window = ListWindow(from: 1, sharing: SizeLimits(items: 40), among: [1, 60, 10])
        #expect(rows(window, of: 1) == [1] && rows(window, of: 10).count == 10 && rows(window, of: 60).count == 29)
        #expect(window.next == 30)
    }

    @Test(arguments: [0, 1, 7, 40, 1000, Int.max], [[0], [1], [82, 82, 82, 82], [3, 0, 500, 41]])
    func `reaches each row of each list once`(room: Int, lengths: [Int]) {
        var found = lengths.map { _ in [Int]() }
        var first: Int? = 1
        while let row = first {
            let window = ListWindow(from: row, sharing: SizeLimits(items: room), among: lengths)
            for (index, length) in lengths.enumerated() { found[index] += rows(window, of: length) }
            first = window.next
        }
        #expect(found == lengths.map { list($0) })
    }

    @Test func `says when it is beyond the end`() {
        let window = ListWindow(from: 9, of: [3], in: .whole)
        #expect(window.advice?.text == "There is no row 9; the last one is 3." && rows(window, of: 3).isEmpty)
        #expect(ListWindow(from: 1, of: [], in: .whole).advice == nil)
    }
}

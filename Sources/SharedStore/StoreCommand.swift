import CHiredis

/// One command: its name and its arguments, any of which may be bytes.
package struct StoreCommand: Hashable, Sendable {
    let words: [[UInt8]]

    package init(_ words: String...) { self.init(words) }

    package init(_ words: [String]) { self.words = words.map { Array($0.utf8) } }

    /// Runs `script`, which is Lua, in one step; all keys have the same tag, so that they are on the same node.
    package init(script: String, keys: [String], _ arguments: [UInt8]...) {
        self.init(script: script, keys: keys, arguments: arguments)
    }

    package init(script: String, keys: [String], arguments: [[UInt8]]) {
        words = ["EVAL", script, "\(keys.count)"].map { Array($0.utf8) } + keys.map { Array($0.utf8) } + arguments
    }

    /// What is the same for commands that are permitted or refused together: the name, or the script.
    var name: [UInt8] { words.first == Array("EVAL".utf8) ? words[1] : words.first ?? [] }

    /// As it is sent; throws where there is no memory for it.
    func bytes() throws(StoreFailure) -> [UInt8] {
        // One place for all words, since pointers into several arrays hold only one after the other.
        let joined = Array(words.joined())
        var lengths = words.map { $0.count }
        var size = 0
        let made = joined.withUnsafeBytes { buffer -> UnsafeMutablePointer<CChar>? in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            var place = 0
            var pointers = words.map { word -> UnsafePointer<CChar>? in
                defer { place += word.count }
                return start.map { $0 + place }
            }
            return oe_command_make(Int32(words.count), &pointers, &lengths, &size)
        }
        guard let made else { throw .notUnderstood("there is no memory for a command") }
        defer { oe_command_free(made) }
        return Array(UnsafeRawBufferPointer(start: made, count: size))
    }
}

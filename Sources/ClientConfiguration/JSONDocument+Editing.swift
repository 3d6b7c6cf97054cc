import JSON

// Every change is an insertion or a removal of a range: what is not named keeps its bytes.
extension JSONDocument {
    /// With this value at the path; objects that are missing on the way are made.
    func setting(_ value: JSON, at path: [String]) throws(DocumentFault) -> [UInt8] {
        if let found = member(path)?.member.value {
            let text = style.written(value, indentation: bytes.indentation(found.range.lowerBound))
            return bytes.applying([TextEdit(found.range, text)])
        }
        guard let root else { return smallest(value, at: path) }
        var holder = root
        for (place, name) in path.enumerated() {
            guard holder.members != nil else { throw notAnObject(Array(path[..<place])) }
            if let next = holder[name] {
                holder = next.value
                continue
            }
            let inner = path[(place + 1)...].reversed().reduce(value) { inner, name in
                .object(JSONObject([.init(name, inner)]))
            }
            return bytes.applying(insertion(of: name, inner, into: holder))
        }
        throw notAnObject(path)
    }

    private func notAnObject(_ path: [String]) -> DocumentFault {
        let what = path.isEmpty ? "the top level" : "`\(path.joined(separator: "."))`"
        return DocumentFault("\(what) is not an object, which the client expects")
    }

    private func smallest(_ value: JSON, at path: [String]) -> [UInt8] {
        let whole = path.reversed().reduce(value) { inner, name in .object(JSONObject([.init(name, inner)])) }
        var result = bytes
        if let last = bytes.last, last != 0x0A, bytes.count != 3 || bytes != .byteOrderMark { result += style.lineEnd }
        return result + style.written(whole, indentation: []) + style.lineEnd
    }

    /// Without the member at the path; the same bytes without one.
    func removing(_ path: [String]) -> [UInt8] {
        guard let (holder, member) = member(path), let members = holder.members,
            let place = members.firstIndex(where: { $0.nameRange == member.nameRange })
        else { return bytes }
        let (start, beginsLine) = gapStart(before: member.nameRange.lowerBound)
        var edits = [TextEdit(start..<member.value.range.upperBound)]
        if let comma = member.comma {
            var end = comma + 1
            if place == 0, members.count > 1, !beginsLine {
                while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
            }
            edits.append(TextEdit(comma..<end))
        } else if place > 0, let comma = members[place - 1].comma {
            edits.append(TextEdit(comma..<(comma + 1)))
        }
        let result = bytes.applying(edits)
        guard members.count == 1 else { return result }
        // What was inside the braces may be nothing but white space now.
        let end = holder.range.upperBound - (bytes.count - result.count)
        let inner = (holder.range.lowerBound + 1)..<(end - 1)
        guard result[inner].allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { return result }
        return result.applying([TextEdit(inner)])
    }

    /// Where the white space directly before a place begins, with one line end at most.
    private func gapStart(before place: Int) -> (Int, beginsLine: Bool) {
        var start = place
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        guard start > 0, bytes[start - 1] == 0x0A else { return (start, false) }
        start -= 1
        if start > 0, bytes[start - 1] == 0x0D { start -= 1 }
        return (start, true)
    }

    private func insertion(of name: String, _ value: JSON, into holder: Node) -> [TextEdit] {
        guard let members = holder.members, let last = members.last else {
            return insertionIntoEmpty(name, value, holder)
        }
        let end = last.comma.map { $0 + 1 } ?? last.value.range.upperBound
        let comma: [UInt8] = [UInt8(ascii: ",")]
        let trailing = last.comma == nil ? [] : comma
        guard hasLineEnd(holder.range.lowerBound..<last.nameRange.lowerBound) else {
            let text = style.compact.member(name, value, indentation: [])
            let gap = members.count > 1 ? gap(before: last) : style.colonGap
            return [TextEdit(at: end, (last.comma == nil ? comma : []) + gap + text + trailing)]
        }
        let sibling = [last, members[0]].first { beginsLine($0.nameRange.lowerBound) }
        let indentation =
            sibling.map { bytes.indentation($0.nameRange.lowerBound) }
            ?? bytes.indentation(holder.range.lowerBound) + style.unit
        let text = style.lineEnd + indentation + style.member(name, value, indentation: indentation) + trailing
        let place = endOfComments(after: end)
        let added = TextEdit(at: place, text)
        return last.comma == nil ? [TextEdit(at: last.value.range.upperBound, comma), added] : [added]
    }

    private func insertionIntoEmpty(_ name: String, _ value: JSON, _ holder: Node) -> [TextEdit] {
        let inner = (holder.range.lowerBound + 1)..<(holder.range.upperBound - 1)
        let outer = bytes.indentation(holder.range.lowerBound)
        let isOneLine = root.map { $0.range != holder.range && !hasLineEnd($0.range) } ?? false
        if inner.isEmpty, isOneLine {
            return [TextEdit(at: inner.lowerBound, style.compact.member(name, value, indentation: []))]
        }
        let indentation = outer + style.unit
        let text = style.lineEnd + indentation + style.member(name, value, indentation: indentation)
        if hasLineEnd(inner) { return [TextEdit(at: endOfComments(after: inner.lowerBound), text)] }
        return [TextEdit(at: inner.upperBound, text + style.lineEnd + outer)]
    }

    private func hasLineEnd(_ range: Range<Int>) -> Bool { bytes[range].contains(0x0A) }

    private func beginsLine(_ place: Int) -> Bool {
        bytes.lineStart(place) + bytes.indentation(place).count == place
    }

    private func gap(before member: Member) -> [UInt8] {
        let (start, _) = gapStart(before: member.nameRange.lowerBound)
        return Array(bytes[start..<member.nameRange.lowerBound])
    }

    /// The end of the comments that begin on the line of this place; the place itself without them.
    private func endOfComments(after place: Int) -> Int {
        var (end, next) = (place, place)
        while next + 1 < bytes.count {
            if bytes[next] == 0x20 || bytes[next] == 0x09 {
                next += 1
            } else if bytes[next] == UInt8(ascii: "/"), bytes[next + 1] == UInt8(ascii: "/") {
                let line = bytes[next...].firstIndex(of: 0x0A) ?? bytes.count
                return bytes[line - 1] == 0x0D ? line - 1 : line
            } else if bytes[next] == UInt8(ascii: "/"), bytes[next + 1] == UInt8(ascii: "*") {
                next += 2
                while bytes[next] != UInt8(ascii: "*") || bytes[next + 1] != UInt8(ascii: "/") { next += 1 }
                next += 2
                end = next
            } else {
                break
            }
        }
        return end
    }

    var style: JSONStyle {
        var style = JSONStyle(lineEnd: bytes.lineEnd)
        guard let first = root?.members?.first else { return style }
        let colon = Array(bytes[first.nameRange.upperBound..<first.value.range.lowerBound])
        if colon.allSatisfy({ $0 == 0x20 || $0 == UInt8(ascii: ":") }) { style.colon = colon }
        let unit = bytes.indentation(first.nameRange.lowerBound)
        if beginsLine(first.nameRange.lowerBound), !unit.isEmpty { style.unit = unit }
        return style
    }
}

/// How a JSON text is written: what is added looks like the rest.
struct JSONStyle {
    var lineEnd: [UInt8]
    var unit: [UInt8] = [0x20, 0x20]
    var colon: [UInt8] = Array(": ".utf8)
    var isOneLine = false

    init(lineEnd: [UInt8]) { self.lineEnd = lineEnd }

    var compact: JSONStyle {
        var style = self
        style.isOneLine = true
        return style
    }

    /// What stands after a comma on a line.
    var colonGap: [UInt8] { colon.last == 0x20 ? [0x20] : [] }

    func member(_ name: String, _ value: JSON, indentation: [UInt8]) -> [UInt8] {
        JSON.string(name).bytes + colon + written(value, indentation: indentation)
    }

    /// An object has a line for each member, a list one for all.
    func written(_ value: JSON, indentation: [UInt8]) -> [UInt8] {
        switch value {
        case .object(let object) where !object.isEmpty:
            let inner = isOneLine ? [] : indentation + unit
            let members = object.members.map { member($0.name, $0.value, indentation: inner) }
            if isOneLine { return Array("{".utf8) + members.joined(separator: [0x2C] + colonGap) + Array("}".utf8) }
            let lines = members.map { lineEnd + inner + $0 }.joined(separator: [0x2C])
            return Array("{".utf8) + lines + lineEnd + indentation + Array("}".utf8)
        case .array(let items):
            let texts = items.map { compact.written($0, indentation: []) }
            return Array("[".utf8) + texts.joined(separator: [0x2C] + colonGap) + Array("]".utf8)
        default: return value.bytes
        }
    }
}

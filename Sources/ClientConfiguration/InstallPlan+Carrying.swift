package import Files

extension InstallPlan {
    /// Does what the plan says, with a copy of the file kept before and a note after; where the file has changed
    /// meanwhile, `again` makes a new plan, three times at most.
    ///
    /// Returns what was done in the end. Throws what `again` throws, and `FileError`.
    package func carry(
        out store: InstallStore,
        stamp: String,
        again: (ForeignFile) throws -> InstallPlan,
        _ step: (ForeignFile.Step) throws(FileError) -> Void = { (_) throws(FileError) in }
    ) throws -> InstallPlan {
        guard isChange else { return self }
        let lock = try store.turn(at: file.realPath)
        defer { withExtendedLifetime(lock) {} }
        var plan = self
        file.removeLeftovers()
        for _ in 0..<3 {
            if !plan.file.isCurrent { plan = try again(try ForeignFile(file.path)) }
            guard plan.isChange else { return plan }
            let backup = try store.backUp(plan.file, of: client, stamp: stamp)
            do {
                guard try plan.write(store, step) else { continue }
                try store.note(plan, backup: backup)
            } catch {
                throw plan.isWritten ? plan.unfinished(error) : error
            }
            return plan
        }
        throw FileError("\(file.path) changes all the time", remedy: "Quit the client and try again.")
    }
    /// False when the file has changed meanwhile, and then nothing is done.
    private func write(
        _ store: InstallStore,
        _ step: (ForeignFile.Step) throws(FileError) -> Void
    ) throws(FileError) -> Bool {
        if let after { return try file.replace(with: after, step) }
        return try file.remove(folders: store.record(file.realPath, name)?.madeFolders ?? 0)
    }

    /// Whether the file is what it was to become, whatever failed.
    private var isWritten: Bool {
        do throws(FileError) { return try ForeignFile.bytes(at: file.realPath) == after } catch { return false }
    }

    private func unfinished(_ error: any Error) -> FileError {
        FileError(
            "the entry is \(action.rawValue) (\(file.path)), but then this failed: \(error)",
            remedy: "The change stays. Correct what failed before the next one."
        )
    }
}

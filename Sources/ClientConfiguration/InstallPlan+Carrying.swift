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
            let isDone: Bool
            if let after = plan.after {
                isDone = try plan.file.replace(with: after, step)
            } else {
                let folders = store.record(plan.file.realPath, plan.name)?.madeFolders ?? 0
                isDone = try plan.file.remove(folders: folders)
            }
            guard isDone else { continue }
            try store.note(plan, backup: backup)
            return plan
        }
        throw FileError("\(file.path) changes all the time", remedy: "Quit the client and try again.")
    }
}

@main enum Main {
    static func main() { FuzzProgram.run() }
}

namespace ConvNN.App.Output;

/// <summary>How this process was started, and therefore how the commands that it prints must begin.</summary>
internal static class Invocation
{
    /// <summary>The directive before all other arguments if <c>dotnet run</c> started the program; ConvNN.csproj adds it.</summary>
    public const string DotnetRunDirective = "dotnet-run";

    private const string Executable = ".exe";

    /// <summary>The text before the arguments: <c>dotnet run --</c>, <c>convnn</c>, a path, or <c>dotnet convnn.dll</c>.</summary>
    public static string Program { get; } = Describe(
        Environment.GetCommandLineArgs(),
        Environment.ProcessPath,
        Environment.CurrentDirectory,
        Environment.GetEnvironmentVariable("PATH"));

    /// <summary>A command as the user can type it where this process was started.</summary>
    /// <param name="arguments">The arguments after the program: <c>data get mnist</c>.</param>
    public static string Of(string arguments) => $"{Program} {arguments}";

    /// <summary>The command that resumes a run.</summary>
    /// <param name="run">The folder of the run.</param>
    public static string Resuming(string run) => Of($"--resume {Quoted(run)}");

    /// <summary>The command that started this process, as the user can type it again.</summary>
    public static string Again => Of(string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Where(argument => argument != $"[{DotnetRunDirective}]").Select(Quoted)));

    /// <summary>Works out how a process was started.</summary>
    /// <param name="commandLine">The program's assembly, then its arguments.</param>
    /// <param name="process">The file that the system runs: the program's own, or <c>dotnet</c>.</param>
    /// <param name="folder">The current folder.</param>
    /// <param name="searchPath">The folders in which a shell looks for programs.</param>
    internal static string Describe(IReadOnlyList<string> commandLine, string? process, string folder, string? searchPath)
    {
        if (commandLine is [_, $"[{DotnetRunDirective}]", ..])
        {
            return "dotnet run --";
        }

        string assembly = commandLine[0];
        string name = Path.GetFileNameWithoutExtension(assembly);
        if (process is null || !NameOf(process).Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return $"dotnet {Typed(assembly, folder)}";
        }

        bool isFound = (searchPath ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(entry => string.Equals(Path.Combine(entry, Path.GetFileName(process)), process, StringComparison.Ordinal));
        return isFound ? name : Typed(process, folder);
    }

    /// <summary>An argument as a shell takes it: quoted if necessary, by quotes of a Unix shell, or by those that cmd and PowerShell share.</summary>
    internal static string Quoted(string argument) => Quoted(argument, OperatingSystem.IsWindows());

    /// <inheritdoc cref="Quoted(string)"/>
    internal static string Quoted(string argument, bool isWindows)
    {
        string plain = isWindows ? "-_=:,./+\\" : "-_=:,./+";
        return argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || plain.Contains(c, StringComparison.Ordinal)) ? argument
            : isWindows ? $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string NameOf(string program)
    {
        string file = Path.GetFileName(program);
        return file.EndsWith(Executable, StringComparison.OrdinalIgnoreCase) ? file[..^Executable.Length] : file;
    }

    /// <summary>A file as the user would type it: relative if it is below the current folder, and quoted if necessary.</summary>
    private static string Typed(string file, string folder)
    {
        string relative = Path.GetRelativePath(folder, file);
        string shown = Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal) ? file : Path.Combine(".", relative);
        return Quoted(shown);
    }
}

using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class InvocationTests
{
    private static readonly string Root = OperatingSystem.IsWindows() ? @"C:\" : "/";

    [Fact]
    public void Describe_UnderDotnetRun_IsDotnetRun() =>
        Assert.Equal("dotnet run --", Describe(["repo/bin/convnn.dll", "[dotnet-run]", "-w", "2"], "repo/bin/convnn", "repo"));

    [Fact]
    public void Describe_ProgramOnTheSearchPath_IsItsName() =>
        Assert.Equal("convnn", Describe(["store/convnn.dll"], "tools/convnn", "home", "usr", "tools"));

    [Fact]
    public void Describe_ProgramBelowTheFolder_IsARelativePath() =>
        Assert.Equal(Path.Combine(".", "bin", "convnn"), Describe(["repo/bin/convnn.dll"], "repo/bin/convnn", "repo", "usr"));

    [Fact]
    public void Describe_ProgramElsewhere_IsItsWholePath() =>
        Assert.Equal(Full("repo/bin/convnn"), Describe(["repo/bin/convnn.dll"], "repo/bin/convnn", "home"));

    [Fact]
    public void Describe_AssemblyUnderDotnet_NamesBoth() =>
        Assert.Equal($"dotnet {Path.Combine(".", "convnn.dll")}", Describe(["repo/convnn.dll"], "usr/dotnet", "repo", "usr"));

    [Fact]
    public void Describe_PathWithASpace_IsQuoted() =>
        Assert.Equal(OperatingSystem.IsWindows() ? $"\"{Full("my tools/convnn")}\"" : $"'{Full("my tools/convnn")}'", Describe(["my tools/convnn.dll"], "my tools/convnn", "home"));

    [Theory]
    [InlineData("runs/first", "runs/first", "runs/first")]
    [InlineData("my runs/a", "'my runs/a'", "\"my runs/a\"")]
    [InlineData("$HOME;rm", "'$HOME;rm'", "\"$HOME;rm\"")]
    [InlineData("it's", "'it'\\''s'", "\"it's\"")]
    [InlineData("", "''", "\"\"")]
    public void Quoted_Argument_ReachesTheProgramAsItIs(string argument, string onUnix, string onWindows)
    {
        Assert.Equal(onUnix, Invocation.Quoted(argument, isWindows: false));
        Assert.Equal(onWindows, Invocation.Quoted(argument, isWindows: true));
    }

    private static string Describe(string[] commandLine, string process, string folder, params string[] searchPath) =>
        Invocation.Describe(
            [Full(commandLine[0]), .. commandLine[1..]], Full(process), Full(folder), string.Join(Path.PathSeparator, searchPath.Select(Full)));

    private static string Full(string path) => Root + path.Replace('/', Path.DirectorySeparatorChar);
}

using ConvNN.App.Commands;
using ConvNN.App.Output;
using ConvNN.App.Tests.Architecture;

namespace ConvNN.App.Tests.Commands;

/// <summary>The page on commands is what the command line says of itself.</summary>
public class CommandReferenceTests
{
    private const string Page = "docs/reference/commands.md";

    [Fact]
    public async Task Reference_Commands_IsTheCommittedPage()
    {
        StringWriter text = new();

        // The command only prints: it asks for no signal and logs nothing.
        int exitCode = await new CommandLine(null!, new LineWriter(text), null!).RunAsync(["reference", "commands"]);

        Assert.Equal(0, exitCode);
        Assert.True(
            File.ReadAllText(Path.Combine(Repository.Root, Page)).ReplaceLineEndings("\n") == text.ToString().ReplaceLineEndings("\n"),
            $"{Page} is not what the command line says; write it anew: dotnet run -- reference commands > {Page}");
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using ConvNN.App.Commands;
using ConvNN.App.Commands.Options;
using ConvNN.App.Commands.Sweep;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Model;

namespace ConvNN.App.Tests.Architecture;

/// <summary>What the documentation shows is there: the files that it leads to, and the commands, options and keys that it tells people to type.</summary>
public class DocumentTests
{
    private const int FrontPageLines = 150;

    // Options that verify and bench take lists of, which they divide themselves.
    private static readonly string[] Lists = ["Pipeline:Workers", "Pipeline:Kernels", "Training:BatchSize"];

    // Commands are read and not run: nothing asks for a signal or writes.
    private static readonly CommandLine Line = new(null!, new LineWriter(TextWriter.Null), null!);
    private static readonly SettingOptions Options = new();

    public static TheoryData<string> Pages { get; } = [.. MarkdownPage.All];

    [Fact]
    public void FrontPage_IsShort()
    {
        int lines = new MarkdownPage("README.md").Lines.Count;

        Assert.True(lines <= FrontPageLines, $"README.md has {lines} lines, more than {FrontPageLines}; docs/ has room for the rest.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadToWhatIsThere(string page) => Assert.All(new MarkdownPage(page).Links(), link =>
    {
        string[] parts = link.Split('#', 2);
        string target = parts[0].Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, parts[0]));
        string path = Path.Combine(Repository.Root, target);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} leads to {link}, which is not there.");
        Assert.True(parts.Length == 1 || new MarkdownPage(target).Anchors().Contains(parts[1]), $"{page} leads to {link}; {target} has no such heading.");
    });

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_OfAPage_AreUnderstood(string page)
    {
        // The sample is a program of its own.
        Assert.All(page.StartsWith("samples", StringComparison.Ordinal) ? [] : new MarkdownPage(page).Commands(), command =>
        {
            try
            {
                Read(command);
            }
            catch (ConvNNException wrong)
            {
                Assert.Fail($"{page} shows 'convnn {command}': {wrong.Message}");
            }
        });
    }

    [Fact]
    public void Commands_OfAllPages_AreFound()
    {
        string[] commands = [.. MarkdownPage.All.SelectMany(page => new MarkdownPage(page).Commands())];

        Assert.Contains("--workers 8", commands);
        Assert.Contains("verify --workers 1,2,3,8 --data-dir mnist", commands);
        Assert.True(commands.Length > 50, $"{commands.Length} commands");
    }

    [Theory]
    [InlineData("--wrokers 8")]
    [InlineData("trian")]
    [InlineData("sweep --vary Training:Epoch=1,2")]
    [InlineData("--set Training:Optimizer=adam --set Training:Optimizer:Beta3=0.7")]
    [InlineData("bench --epochs 3")]
    [InlineData("--config config/no-such.json")]
    public void Read_CommandThatIsNotUnderstood_Complains(string command) => Assert.ThrowsAny<ConvNNException>(() => Read(command));

    /// <summary>Reads a command with its configuration and runs nothing.</summary>
    private static void Read(string command)
    {
        string[] arguments = [.. CommandLineParser.SplitCommandLine(command).SelectMany(Expanded)];
        ParseResult result = Line.Parse(arguments);
        ConfigurationSources sources = Options.Read(result);
        if (result.CommandResult.Command.Name is "verify" or "bench")
        {
            sources = Lists
                .Where(sources.CommandLine.ContainsKey)
                .Aggregate(sources, (all, key) => all.With(key, all.CommandLine[key]!.Split(',')[0]));
        }

        ConfigurationReader.Read(sources);
        foreach (Variation varied in arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == "--vary").Select(pair => Variation.Parse(pair.Second)))
        {
            foreach (string value in varied.Values)
            {
                ConfigurationReader.Read(sources.With(varied.Key, value));
            }
        }
    }

    /// <summary>The files of the repository that an argument means, as a shell has it.</summary>
    private static IEnumerable<string> Expanded(string argument)
    {
        if (!argument.StartsWith("config/", StringComparison.Ordinal))
        {
            return [argument];
        }

        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "config"), Path.GetFileName(argument));
        return files.Length > 0 ? files : throw new UsageException($"{argument} is not there.");
    }
}

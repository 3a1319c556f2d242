using System.Text;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.Files;

namespace ConvNN.App.Commands.Start;

/// <summary><c>convnn init</c>: writes a configuration file to begin with, and its schema beside it.</summary>
/// <param name="request">The file.</param>
/// <param name="sources">The configuration to write.</param>
/// <param name="output">Where it prints.</param>
internal sealed class InitCommand(InitRequest request, ConfigurationSources sources, LineWriter output) : ICommand
{
    /// <summary>The file that is read if no other is named.</summary>
    public const string DefaultFile = "appsettings.json";

    /// <inheritdoc/>
    public Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // A variable holds in each run anyway, and may be gone tomorrow.
        RunConfiguration run = ConfigurationReader.Read(sources with { Environment = ConfigurationSources.None.Environment });
        string schema = Path.Combine(Path.GetDirectoryName(request.File) ?? "", ConfigurationSchema.FileName);
        (string Path, string Text)[] files = [(request.File, CommentedConfiguration.Text(run)), (schema, ConfigurationSchema.Text() + "\n")];
        foreach ((string path, string text) in request.IsForced ? [] : files)
        {
            if (System.IO.Path.Exists(path) && !Has(path, text))
            {
                throw new OutputException($"{path}: is there already; name another file, or replace it with --force.");
            }
        }

        foreach ((string path, string text) in files)
        {
            OutputException.Guard(path, () => AtomicFile.Write(path, text));
        }

        string train = request.File == DefaultFile ? Invocation.Of("train") : Invocation.Of($"--config {Invocation.Quoted(request.File)}");
        output.WriteWords(
            $"saved   {request.File}: {run.Name}, each key with a comment",
            $"saved   {schema}: by it editors complete and check the file",
            $"next    {train}");
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Whether a file has a text already, so that nothing would be lost.</summary>
    private static bool Has(string path, string text)
    {
        try
        {
            return RegularFile.ReadAllBytes(path, Encoding.UTF8.GetByteCount(text)).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception other) when (other is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

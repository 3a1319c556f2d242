using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ConvNN.App.Faults;
using ConvNN.Files;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>
/// <c>steps.csv</c>: a line for each recorded step. Each is written at once, so that a run that was killed has those of all steps before
/// its last checkpoint.
/// </summary>
internal sealed class StepsFile : IDisposable
{
    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "steps.csv";

    /// <summary>Its first line.</summary>
    public const string Header = "step,epoch,loss,accuracy,learning_rate,gradient_norm,images_per_second";

    private const int MaxBytes = int.MaxValue;
    private const int LongestLine = 256;

    private readonly FileStream _stream;
    private readonly byte[] _line = new byte[LongestLine];

    /// <summary>Opens the file to write at its end, or creates it with its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public StepsFile(string path)
    {
        _stream = RegularFile.OpenAppend(path);
        if (_stream.Length == 0)
        {
            _stream.Write(Encoding.UTF8.GetBytes(Header + "\n"));
        }
    }

    /// <summary>Takes out the lines of later steps, and what a failed write has left. A missing file stays missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="last">The last step that stays.</param>
    /// <exception cref="IOException">It cannot be read or written; it is left unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or written; it is left unchanged.</exception>
    public static void CutAfter(string path, long last)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        int fields = Header.Count(c => c == ',') + 1;
        string[] whole = new FileInfo(path).Length == 0 ? [] : RegularFile.ReadAllText(path, MaxBytes).Split('\n')[..^1];
        IEnumerable<string> kept = whole.Skip(1).TakeWhile(line => line.Split(',') is [string number, ..] all && all.Length == fields && long.TryParse(number, out long step) && step <= last);
        string text = string.Concat(kept.Prepend(Header).Select(line => line + "\n"));
        AtomicFile.Write(path, text);
    }

    /// <summary>Appends the line of a step.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Append(StepResult step)
    {
        Utf8.TryWrite(
            _line,
            CultureInfo.InvariantCulture,
            $"{step.Step},{step.Epoch},{step.Loss:G9},{step.Accuracy:G9},{step.LearningRate},{step.GradientNorm:G9},{step.ImagesPerSecond:0}\n",
            out int length);
        try
        {
            _stream.Write(_line, 0, length);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{_stream.Name}: cannot be written after step {step.Step}: {reason.Message}", reason);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}

using System.Text;
using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Files;
using ConvNN.Training.Progress;

namespace ConvNN.App.Runs;

/// <summary>
/// <c>history.csv</c>: a line per epoch, for other programs. New columns are only appended. Numbers are in the invariant
/// culture, with enough digits to round-trip exactly. Accuracies are fractions, and a missing value is an empty field.
/// <c>best</c> is 1 for an epoch whose weights became the model.
/// </summary>
internal sealed class HistoryFile : IDisposable
{
    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "history.csv";

    /// <summary>Its first line.</summary>
    public const string Header =
        "epoch,dataset,learning_rate,train_loss,train_accuracy,test_loss,test_accuracy,seconds,images_per_second,limit,weights_sha256,validation_loss,validation_accuracy,best";

    private readonly FileStream _stream;

    /// <summary>Wraps an open file, and closes it on disposal.</summary>
    internal HistoryFile(FileStream stream) => _stream = stream;

    /// <summary>Creates an empty file, which must not exist yet.</summary>
    /// <exception cref="IOException">It exists, or cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static FileStream CreateNew(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Opens the file of a resumed run, with exactly the epochs recorded in its checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="epochs">The epochs.</param>
    /// <exception cref="IOException">It cannot be written; it is left unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; it is left unchanged.</exception>
    public static HistoryFile Resume(string path, IEnumerable<EpochResult> epochs)
    {
        string text = string.Concat(epochs.Select(Line).Prepend(Header).Select(line => line + "\n"));
        AtomicFile.Write(path, text);
        return new HistoryFile(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Whether a file has at most the header, or a part of it, and no process is writing it.</summary>
    /// <param name="path">The file.</param>
    public static bool IsUnbegun(string path)
    {
        try
        {
            // Opening fails while a writer holds its lock; the system releases the lock when that process ends.
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            byte[] header = Encoding.UTF8.GetBytes(Header + "\n");
            byte[] found = new byte[Math.Min(stream.Length, header.Length + 1)];
            stream.ReadExactly(found);
            return header.AsSpan().StartsWith(found);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes the header.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Begin() => Write(Header);

    /// <summary>Appends the line of an epoch; it is on the disk when the call returns.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public Task AppendAsync(EpochResult epoch)
    {
        try
        {
            Write(Line(epoch));
            return Task.CompletedTask;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{_stream.Name}: cannot be written after epoch {epoch.Epoch}: {reason.Message}", reason);
        }
    }

    /// <summary>The line of an epoch.</summary>
    public static string Line(EpochResult epoch) =>
        $"{epoch.Epoch},{Csv.Quoted(epoch.Dataset)},{epoch.LearningRate:R},{epoch.Training.Loss:R},{epoch.Training.Accuracy:R},"
        + $"{epoch.Test.Loss:R},{epoch.Test.Accuracy:R},{epoch.Training.Elapsed.TotalSeconds:R},{epoch.Training.ImagesPerSecond:R},"
        + $"{epoch.Training.Limit.Stage},{epoch.WeightsSha256},{epoch.Validation?.Loss:R},{epoch.Validation?.Accuracy:R},{(epoch.IsBest ? 1 : 0)}";

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Write(string line)
    {
        _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        DiskSync.Flush(_stream);
    }
}

using System.Globalization;
using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Training.Inspection;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>The memory that a run needs, worked out before anything is allocated. A test holds it to the peak of real runs.</summary>
public sealed record MemoryPlan
{
    // The runtime, its compiled code, and buffers that files are read through; measured.
    private const long Program = 75_000_000;

    // Long enough for the ratio of an optimizer's state to the weights.
    private const int Probe = 1024;

    /// <summary>Adds up what a run allocates.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data's figures.</param>
    /// <param name="training">What is learnt.</param>
    /// <param name="plan">How steps are divided.</param>
    /// <param name="beginning">How they are divided in the beginning, if otherwise: that pipeline stays for trials.</param>
    public MemoryPlan(Network network, DatasetOutline data, TrainingOptions training, PipelinePlan plan, PipelinePlan? beginning = null)
    {
        long weights = (long)network.Layout.Length * sizeof(float);
        long optimizer = OptimizerFloats(training, plan) * network.Layout.TrainedLength * sizeof(float) / Probe;
        long local = training.SharesSteps ? 0 : (2 * (weights + optimizer)) + weights;      // what ranks send and receive, and the weights of the last exchange
        optimizer += training.SharesSteps ? 0 : (long)network.Layout.TrainedLength * sizeof(float);
        long model = training.AverageDecay is not null || data.ValidationCount > 0 ? weights : 0;
        Parts =
        [
            ("weights", weights),
            ("gradients", plan.GradientBytes + (beginning?.GradientBytes ?? 0)),
            ("activations", plan.ActivationBytes + (beginning?.ActivationBytes ?? 0)),
            ("batches", plan.BatchBytes + (beginning?.BatchBytes ?? 0)),
            ("optimizer", optimizer),
            ("copies", model + weights + optimizer + model + local),        // the model that is kept, and the state that a checkpoint is written from
            ("images", data.Bytes),
            ("program", Program),
        ];
        InspectionBytes = EpochInspector.Bytes(network, training, plan);
    }

    /// <summary>The parts and their bytes.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Parts { get; }

    /// <summary>Bytes that an inspection of the layers takes beside, after an epoch that learnt nothing or with <c>--verbose</c>.</summary>
    public long InspectionBytes { get; }

    /// <summary>Bytes of all parts.</summary>
    public long Bytes => Parts.Sum(part => part.Bytes);

    /// <summary>Says why the run does not fit into this machine, with its largest parts and what to lower; null if it fits.</summary>
    /// <param name="more">Bytes that are needed beside.</param>
    public string? Refusal(long more = 0)
    {
        // Images and program are there already when a run begins, and no longer free.
        long needed = Bytes + more;
        long ahead = Parts.Where(part => part.Name is not ("images" or "program")).Sum(part => part.Bytes) + more;
        long allowed = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return needed > allowed ? Sentence(needed, allowed, "may be used by this process")
            : Free() is { } free && ahead > free ? Sentence(ahead, free, "are free")
            : null;
    }

    private string Sentence(long needed, long available, string which)
    {
        IEnumerable<string> largest = Parts.OrderByDescending(part => part.Bytes).Take(3).Select(part => $"{part.Name} {Amount(part.Bytes)}");
        return $"The run needs {Amount(needed)} of memory ({string.Join(", ", largest)}), but {Amount(available)} {which}. Give it more memory, or use a smaller Training:BatchSize, fewer Pipeline:Workers or a smaller network.";
    }

    // A container may have less than a tenth of a gigabyte.
    private static string Amount(long bytes) => bytes < 1e9 ? Text($"{bytes / 1e6:0} MB") : Text($"{bytes / 1e9:0.0} GB");

    private static long OptimizerFloats(TrainingOptions training, PipelinePlan plan) =>
        OptimizerStack.Create(training, plan.Kernels, new float[Probe], out _).State.Values.Sum(buffer => (long)buffer.Length);

    /// <summary>What the system has free, without what it would have to swap out; null if it does not tell.</summary>
    private static long? Free()
    {
        const string Key = "MemAvailable:";
        try
        {
            return OperatingSystem.IsLinux() && File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) is { } line
                ? 1024 * long.Parse(line[Key.Length..^"kB".Length], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture)
                : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

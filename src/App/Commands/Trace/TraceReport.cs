using ConvNN.App.Output;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Tracing;
using static ConvNN.App.Output.TextColumn;

namespace ConvNN.App.Commands.Trace;

/// <summary>
/// A step in detail, as text of 80 columns. Only the text after a bar <c>┃</c>, which worker did what, depends on the
/// number of workers.
/// </summary>
/// <param name="trace">The step.</param>
/// <param name="training">The training options.</param>
/// <param name="steps">The number of steps per epoch.</param>
internal sealed class TraceReport(StepTrace trace, TrainingOptions training, long steps)
{
    /// <summary>The mark before everything that depends on the number of workers.</summary>
    public const char Bar = '┃';

    private const int SamplesShown = 6;
    private const int ImagesWidth = 32;
    private const int JoinsNamed = 6;

    /// <summary>All lines.</summary>
    public IEnumerable<string> Lines() => [.. Head(), "", .. Leaves(), "", .. Tree(), "", .. Orders(), "", .. Update(), "", .. Who()];

    private static string Range(int lo, int hi) => hi - lo == 1 ? $"{lo}" : $"{lo}–{hi - 1}";

    private IEnumerable<string> Head()
    {
        double loss = trace.Leaves.SelectMany(leaf => leaf.Samples).Aggregate(0.0, (sum, sample) => sum + sample.Loss) / trace.SampleCount;
        yield return $"step    {trace.Step:N0}: step {((trace.Step - 1) % steps) + 1:N0} of {steps:N0} in epoch {trace.Epoch}, "
            + $"{trace.SampleCount} samples in {trace.Leaves.Count} leaves, mean loss {loss:0.00000}";
        yield return $"        Only what follows a bar {Bar} depends on the number of workers.";
    }

    private IEnumerable<string> Leaves()
    {
        TextTable table = new(new("leaf"), Word("places", 9), Word("images, class→answer", ImagesWidth), Word("loss", 7), Word("|g|", 7), Word($"{Bar} who"));
        foreach ((int number, TracedLeaf leaf) in trace.Leaves.Index())
        {
            if (leaf.Samples.Count == 0)
            {
                table.Add($"{number}", "–", "no sample: the batch is small", "", "", $"{Bar} worker {leaf.Worker}");
                continue;
            }

            string[] images = [.. Wrap(leaf.Samples)];
            string places = Range(leaf.FirstSample, leaf.FirstSample + leaf.Samples.Count);
            table.Add($"{number}", places, images[0], SumTreeDrawing.Text(leaf.LossSum), SumTreeDrawing.Text(leaf.Norm), $"{Bar} worker {leaf.Worker}");
            table.AddAll(images.Skip(1).Select(more => (string[])["", "", more, "", "", ""]));
        }

        foreach (string line in table.Lines())
        {
            yield return line;
        }

        yield return "        Seed and epoch shuffle, places cut. loss: sum over a leaf's samples;";
        yield return "        |g|: length of the sum of their gradients, over all trained weights.";
    }

    private static IEnumerable<string> Wrap(IReadOnlyList<TracedSample> samples)
    {
        string line = "";
        IEnumerable<string> words = samples.Take(SamplesShown).Select(sample => $"{sample.Index} {sample.Label}→{sample.Prediction}");
        foreach (string word in samples.Count > SamplesShown ? words.Append($"… {samples.Count - SamplesShown} more") : words)
        {
            if (line.Length + 3 + word.Length > ImagesWidth)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : $" · {word}";
        }

        yield return line;
    }

    private IEnumerable<string> Tree() =>
        ["tree    |g| of each leaf and each sum: pairs join as drawn, whoever joins them", .. new SumTreeDrawing(trace).Lines()];

    private IEnumerable<string> Orders()
    {
        TracedSums sums = trace.Orders.Example;
        yield return $"order   the sums of {sums.Leaves.Count} leaves for {sums.Name}, added in three orders:";
        TextTable table = new(Word("", 18), new("sum") { Width = 16 }, new("bits of the float32") { Width = 34 });
        foreach (string line in table.AddAll([Order("first to last", sums.Forward), Order("last to first", sums.Backward), Order("as the tree joins", sums.Tree)]).Lines())
        {
            yield return line;
        }

        yield return $"        Float32 is rounded after each addition: {trace.Orders.Differing} of {trace.Orders.Weights} weights of the";
        yield return "        tensor get other bits. Every number of workers adds as the tree does.";
    }

    private static string[] Order(string name, float sum)
    {
        string bits = BitConverter.SingleToUInt32Bits(sum).ToString("b32");
        return [name, $"{sum:g9}", $"{bits[..1]} {bits[1..9]} {bits[9..]}"];
    }

    private IEnumerable<string> Update()
    {
        yield return $"mean    the last sum ÷ {trace.SampleCount} samples (not leaves, not workers): |mean| {SumTreeDrawing.Text(trace.MeanNorm)}";
        string rule = training.Optimizer is SgdOptions { WeightDecay: 0 } ? $"w ← w − {(decimal)trace.LearningRate} · mean" : $"at a rate of {(decimal)trace.LearningRate}";
        yield return $"update  {training.Optimizer}: {rule}; of each tensor, the weight that moves most:";
        TextTable table = new(Word("weight", 14), new("before") { Width = 16 }, new("mean gradient") { Width = 16 }, new("after") { Width = 16 });
        foreach (string line in table.AddAll(trace.Weights.Select(weight => (string[])[weight.Name, $"{weight.Before:g9}", $"{weight.Mean:g9}", $"{weight.After:g9}"])).Lines())
        {
            yield return line;
        }

        yield return $"|w|     before {trace.Before.Norm:0.000000000}, after {trace.After.Norm:0.000000000}";
        yield return $"before  {trace.Before.Sha256}";
        yield return $"after   {trace.After.Sha256}";
    }

    private IEnumerable<string> Who()
    {
        int count = trace.Workers.Count;
        foreach (((int lo, int hi), int worker) in trace.Workers.Select((range, worker) => (range, worker)))
        {
            string sums = string.Join(' ', Shard.Cover(worker, count, trace.Leaves.Count).Select(node => $"[{Range(node.Lo, node.Hi)}]"));
            yield return lo == hi
                ? $"{Bar} worker {worker}: no leaf; {trace.Leaves.Count} leaves are all there are"
                : $"{Bar} worker {worker}: leaves {Range(lo, hi)}, joined to {sums}";
        }

        TracedJoin[] left = [.. trace.Joins.Where(join => !trace.Workers.Any(worker => worker.Lo <= join.Lo && join.Hi <= worker.Hi))];
        string joins = left.Length switch
        {
            0 => "nothing is left to join;",
            <= JoinsNamed => $"joins {string.Join(' ', left.Select(join => $"[{Range(join.Lo, join.Hi)}]"))};",
            _ => $"makes the {left.Length} joins that are left;",
        };
        yield return $"{Bar} reducer: {joins} divides, checks, applies";
        yield return $"{Bar} With full gradients, a worker joins what is in its own range, as shown here.";
        yield return $"{Bar} For this view, StepDefinition ran the step leaf by leaf, with the same bits.";
    }
}

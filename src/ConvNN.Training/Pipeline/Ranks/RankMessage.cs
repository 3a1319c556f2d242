using ConvNN.Kernels.Sums;
using ConvNN.Training.Cluster;

namespace ConvNN.Training.Pipeline.Ranks;

/// <summary>A message of all ranks to all ranks: each tells its part.</summary>
/// <param name="group">The ranks.</param>
internal sealed class RankMessage(RankGroup group)
{
    private readonly int[] _lengths = new int[group.Size];
    private byte[] _message = [];

    /// <summary>Lists what a rank has: this rank's values are sent, and those of others received.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="part">Takes the values; the same number of bytes on all ranks.</param>
    public delegate void Parts(int rank, ref RankPart part);

    /// <summary>The ranks.</summary>
    public RankGroup Group => group;

    /// <summary>Exchanges the parts of all ranks.</summary>
    /// <param name="parts">Lists them.</param>
    /// <exception cref="ClusterException">Ranks do not answer.</exception>
    public void Gather(Parts parts)
    {
        int whole = 0;
        for (int rank = 0; rank < group.Size; rank++)
        {
            RankPart counted = RankPart.Counted();
            parts(rank, ref counted);
            _lengths[rank] = counted.Length;
            whole += counted.Length;
        }

        if (_message.Length < whole)
        {
            _message = GC.AllocateUninitializedArray<byte>(whole, pinned: true);
        }

        int start = 0;
        for (int rank = 0; rank < group.Rank; rank++)
        {
            start += _lengths[rank];
        }

        RankPart own = RankPart.Written(_message.AsSpan(start));
        parts(group.Rank, ref own);
        group.Communicator.Gather(_message.AsSpan(0, whole), _lengths);
        start = 0;
        for (int rank = 0; rank < group.Size; start += _lengths[rank], rank++)
        {
            if (rank != group.Rank)
            {
                RankPart read = RankPart.Read(_message.AsSpan(start));
                parts(rank, ref read);
            }
        }
    }

    /// <summary>Adds what every step tells: losses and predictions of a rank's samples, and in an evaluation their ranks among the classes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">The rank's samples.</param>
    /// <param name="part">The rank's part.</param>
    public static void AddResults(StepJob step, (int First, int Count) samples, ref RankPart part)
    {
        part.Add(step.Batch.Losses.AsSpan(samples.First, samples.Count));
        part.Add(step.Batch.Predictions.AsSpan(samples.First, samples.Count));
        if (!step.Source.IsTraining)
        {
            part.Add(step.Batch.Ranks.AsSpan(samples.First, samples.Count));
        }
    }

    /// <summary>The samples of a rank.</summary>
    /// <param name="step">The step.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="leaves">P, the leaves of a training step.</param>
    public (int First, int Count) SamplesOf(StepJob step, int rank, int leaves)
    {
        (int lo, int hi) = step.Source.IsTraining ? Shard.LeavesOf(rank, group.Size, leaves) : (rank, rank + 1);
        LeafCut cut = new(step.Batch.Count, step.Source.IsTraining ? leaves : group.Size);
        return (cut.Start(lo), cut.Start(hi) - cut.Start(lo));
    }
}

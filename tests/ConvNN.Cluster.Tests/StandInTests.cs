using System.Diagnostics;
using ConvNN.Cluster.Program;
using ConvNN.Tests.Cluster;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster.Tests;

/// <summary>The stand-in for MPI, with which training is tested, keeps to the same rules as MPI does in <see cref="MpiJobTests"/>.</summary>
public class StandInTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(0.2);

    public static TheoryData<string> Checks { get; } = [.. Contract.Checks.Keys];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Contract_RanksOfAnyNumber_Hold(string check)
    {
        foreach (int size in new[] { 1, 2, 3, 4 })
        {
            int[] ranks = new ThreadJob(size, delays: size).Run(ranks =>
            {
                Contract.Checks[check](ranks);
                return ranks.Rank;
            });

            Assert.Equal(Enumerable.Range(0, size), ranks);
        }
    }

    [Fact]
    public void Deadline_RankIsSilent_OthersThrowAndCannotGoOn()
    {
        ThreadJob job = new(3);

        string[] messages = job.Run(ranks =>
        {
            ranks.Deadline = Soon;
            if (ranks.Rank == 1)
            {
                return "";
            }

            string first = Assert.Throws<ClusterException>(() => ranks.Gather(new byte[3], [1, 1, 1])).Message;
            ranks.Deadline = TimeSpan.FromSeconds(30);
            long begin = Stopwatch.GetTimestamp();
            Assert.Equal(first, Assert.Throws<ClusterException>(() => ranks.Broadcast(new byte[1], 0)).Message);
            Assert.Equal(first, Assert.Throws<ClusterException>(() => ranks.Send(0, [1])).Message);
            Assert.Equal(first, Assert.Throws<ClusterException>(() => ranks.TryReceive(0)).Message);
            Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(5));
            return first;
        });

        Assert.Matches("rank 1 did not answer", messages[0]);
        Assert.Matches("rank 1 did not answer", messages[2]);
    }

    [Fact]
    public void Deadline_SetWhileACallWaits_EndsIt()
    {
        ThreadCommunicator ranks = new ThreadJob(2).Ranks[0];
        using Timer timer = new(_ => ranks.Deadline = Soon, null, Soon, Timeout.InfiniteTimeSpan);
        long begin = Stopwatch.GetTimestamp();

        Assert.Throws<ClusterException>(() => ranks.Gather(new byte[2], [1, 1]));

        Assert.InRange(Stopwatch.GetElapsedTime(begin), Soon, TimeSpan.FromSeconds(10));
    }
}

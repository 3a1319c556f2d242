using ConvNN.Training.Cluster;

namespace ConvNN.Cluster.Program;

/// <summary>What every <see cref="ICommunicator"/> does, checked by contents. All ranks run the same checks in the same order.</summary>
public static class Contract
{
    /// <summary>The checks, by name.</summary>
    public static IReadOnlyDictionary<string, Action<ICommunicator>> Checks { get; } = new Dictionary<string, Action<ICommunicator>>
    {
        ["exchange of uneven slices"] = ranks => Exchange(ranks, (from, to) => ((from * 7) + (to * 13) + 1) * 37 % 5000),
        ["exchange with empty slices"] = ranks => Exchange(ranks, (from, to) => from == to || (from + to) % 2 == 0 ? 0 : 64),
        ["exchange of nothing"] = ranks => Exchange(ranks, (_, _) => 0),
        ["exchange of 20 MB"] = ranks => Exchange(ranks, (from, to) => (20_000_000 / ranks.Size) + from - to),
        ["gather of uneven slices"] = ranks => Gather(ranks, rank => (rank + 1) * 1234 % 3000),
        ["gather with empty slices"] = ranks => Gather(ranks, rank => rank % 2 == 0 ? 0 : 100),
        ["gather of nothing"] = ranks => Gather(ranks, _ => 0),
        ["gather of 20 MB"] = ranks => Gather(ranks, rank => (20_000_000 / ranks.Size) + rank),
        ["broadcast from each rank"] = BroadcastFromEach,
        ["collectives while some are late"] = LateRanks,
        ["messages from all to all"] = MessagesFromAllToAll,
        ["messages between collectives"] = MessagesBetweenCollectives,
        ["calls from several threads"] = CallsFromThreads,
        ["slices that do not fit"] = WrongSlices,
    };

    private static void Exchange(ICommunicator ranks, Func<int, int, int> length)
    {
        int own = ranks.Rank;
        int[] sentLengths = [.. Enumerable.Range(0, ranks.Size).Select(to => length(own, to))];
        int[] receivedLengths = [.. Enumerable.Range(0, ranks.Size).Select(from => length(from, own))];
        byte[] sent = Join(ranks, to => Pattern(own, to, sentLengths[to]));
        byte[] received = new byte[receivedLengths.Sum()];

        ranks.Exchange(sent, sentLengths, received, receivedLengths);

        Equal(Join(ranks, from => Pattern(from, own, receivedLengths[from])), received, "exchange");
        Equal(Join(ranks, to => Pattern(own, to, sentLengths[to])), sent, "what an exchange has sent");
    }

    private static void Gather(ICommunicator ranks, Func<int, int> length)
    {
        int[] lengths = [.. Enumerable.Range(0, ranks.Size).Select(length)];
        byte[] all = Join(ranks, rank => rank == ranks.Rank ? Pattern(rank, 0, lengths[rank]) : new byte[lengths[rank]]);

        ranks.Gather(all, lengths);

        Equal(Join(ranks, rank => Pattern(rank, 0, lengths[rank])), all, "gather");
    }

    private static void BroadcastFromEach(ICommunicator ranks)
    {
        foreach (int length in new[] { 0, 1, 1000, 3_000_000 })
        {
            for (int root = 0; root < ranks.Size; root++)
            {
                byte[] bytes = root == ranks.Rank ? Pattern(root, length, length) : new byte[length];
                ranks.Broadcast(bytes, root);
                Equal(Pattern(root, length, length), bytes, "broadcast");
            }
        }
    }

    private static void LateRanks(ICommunicator ranks)
    {
        for (int late = 0; late < ranks.Size; late++)
        {
            if (late == ranks.Rank)
            {
                Thread.Sleep(20);
            }

            Gather(ranks, _ => 64);
            Exchange(ranks, (_, _) => 100_000);
        }
    }

    private static void MessagesFromAllToAll(ICommunicator ranks)
    {
        const int Messages = 100;

        // Short ones, which are sent at once, and long ones, for which both sides have to do something.
        int Length(int message) => message % 10 == 9 ? 100_000 : message * 3;
        for (int message = 0; message < Messages; message++)
        {
            for (int to = 0; to < ranks.Size; to++)
            {
                ranks.Send(to, Pattern(ranks.Rank, to + message, Length(message)));
            }
        }

        int[] taken = new int[ranks.Size];
        Await(() =>
        {
            for (int from = 0; from < ranks.Size; from++)
            {
                if (ranks.TryReceive(from) is byte[] bytes)
                {
                    Equal(Pattern(from, ranks.Rank + taken[from], Length(taken[from])), bytes, "message");
                    taken[from]++;
                }
            }

            return taken.All(count => count == Messages);
        });
        Gather(ranks, _ => 1);
        True(Enumerable.Range(0, ranks.Size).All(from => ranks.TryReceive(from) is null), "no message is left");
    }

    private static void MessagesBetweenCollectives(ICommunicator ranks)
    {
        int next = (ranks.Rank + 1) % ranks.Size;
        int previous = (ranks.Rank + ranks.Size - 1) % ranks.Size;
        ranks.Send(next, Pattern(ranks.Rank, next, 2_000_000));
        Gather(ranks, _ => 1000);
        Exchange(ranks, (_, _) => 1000);
        byte[]? bytes = null;
        Await(() => (bytes = ranks.TryReceive(previous)) is not null);
        Equal(Pattern(previous, ranks.Rank, 2_000_000), bytes!, "message");

        // Until all have it: a message of this length is not gone before its sender has called again.
        int[] lengths = [.. Enumerable.Repeat(1, ranks.Size)];
        ranks.Gather(new byte[ranks.Size], lengths);
    }

    private static void CallsFromThreads(ICommunicator ranks)
    {
        for (int call = 0; call < 4; call++)
        {
            Exception? caught = null;
            Thread thread = new(() =>
            {
                try
                {
                    Gather(ranks, _ => 500);
                }
                catch (Exception exception)
                {
                    caught = exception;
                }
            });
            thread.Start();
            thread.Join();
            if (caught is not null)
            {
                throw caught;
            }

            Exchange(ranks, (_, _) => 500);
        }
    }

    private static void WrongSlices(ICommunicator ranks)
    {
        // Refused before anything is sent, so that the ranks can go on.
        Throws<ArgumentException>(() => ranks.Gather(new byte[3], [.. Enumerable.Repeat(2, ranks.Size)]));
        Throws<ArgumentException>(() => ranks.Exchange(new byte[1], [1], [], []));
        Throws<ArgumentOutOfRangeException>(() => ranks.Broadcast(new byte[1], ranks.Size));
        Throws<ArgumentOutOfRangeException>(() => ranks.Send(-1, []));
        Throws<ArgumentOutOfRangeException>(() => ranks.TryReceive(ranks.Size));
        Gather(ranks, _ => 8);
    }

    /// <summary>Bytes that tell who sent them to whom, and where each belongs.</summary>
    private static byte[] Pattern(int from, int to, int length)
    {
        byte[] bytes = new byte[length];
        uint state = (uint)((from * 1009) + (to * 9176) + 1);
        for (int i = 0; i < length; i++)
        {
            state = (state * 1664525) + 1013904223;
            bytes[i] = (byte)(state >> 24);
        }

        return bytes;
    }

    private static byte[] Join(ICommunicator ranks, Func<int, byte[]> slice)
    {
        using MemoryStream all = new();
        for (int rank = 0; rank < ranks.Size; rank++)
        {
            all.Write(slice(rank));
        }

        return all.ToArray();
    }

    private static void Await(Func<bool> done)
    {
        long end = Environment.TickCount64 + 20_000;
        while (!done())
        {
            True(Environment.TickCount64 < end, "messages arrive within 20 s");
            Thread.Yield();
        }
    }

    private static void Equal(byte[] expected, byte[] actual, string what)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
        {
            throw new InvalidOperationException($"{what}: {actual.Length} bytes, from {expected.AsSpan().CommonPrefixLength(actual)} on not the {expected.Length} expected");
        }
    }

    private static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"not so: {what}");
        }
    }

    private static void Throws<T>(Action call)
        where T : Exception
    {
        try
        {
            call();
        }
        catch (T)
        {
            return;
        }

        throw new InvalidOperationException($"no {typeof(T).Name}");
    }
}

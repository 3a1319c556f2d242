using ConvNN.Model.Layers;
using ConvNN.Training.Cluster;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// How the layers of a training step are divided among the members that share it, worked out once per run. Evaluations are
/// divided by samples.
/// </summary>
public sealed record DivisionPlan
{
    /// <summary>Works out the plan.</summary>
    /// <param name="layers">The layers as executed.</param>
    /// <param name="members">Threads that share a step.</param>
    /// <param name="leaves">Leaves of a step.</param>
    /// <param name="storesGradients">Whether gradients are stored before they change weights: then owners have whole rows, since parts of rows are slow to store.</param>
    /// <param name="ranks">The ranks that have so many members each; null for one.</param>
    public DivisionPlan(IReadOnlyList<Layer> layers, int members, int leaves, bool storesGradients = false, RankPlace? ranks = null)
    {
        members *= ranks?.Count ?? 1;
        SharesLeaves = members > leaves;

        // An image goes to every member; its features stay with one of them up to the layer that mixes them. A dense layer has as many
        // leaves of inputs as can have owners.
        bool isByFeatures = members > 1 && !SharesLeaves && !storesGradients && layers.Count > 1 && layers[0] is IChannelLayer && layers[1] is Dense dense && layers[0].IsTrained && dense.IsTrained && dense.Input.Maps == layers[0].Output.Channels && dense.InputLeaves >= members;
        FirstByChannels = isByFeatures ? 0 : null;
        Layers = [.. layers.Index().Select(layer => new LayerDivision(
            layer.Item.Name, !isByFeatures || layer.Index > 1 ? Division.Samples : layer.Index == 0 ? Division.Channels : Division.Inputs))];
    }

    /// <summary>The index of the layer whose channels have owners; the dense layer behind it is divided by inputs. Null where no layer is divided by features.</summary>
    public int? FirstByChannels { get; }

    /// <summary>How each executed layer is divided.</summary>
    public IReadOnlyList<LayerDivision> Layers { get; }

    /// <summary>Whether there are more members than leaves. Then samples are divided amid leaves, and gradients are summed in a phase of their own.</summary>
    public bool SharesLeaves { get; }

    /// <summary>How often the members of a step meet, its end included.</summary>
    public int Meetings => FirstByChannels is not null ? 5 : SharesLeaves ? 3 : 2;

    /// <summary>The layers by their division, in a few words: <c>conv1 by channels, dense1 by inputs, dense2 and dense3 by samples</c>.</summary>
    public override string ToString()
    {
        List<(Division By, List<string> Names)> runs = [];
        foreach ((string name, Division by) in Layers.DistinctBy(layer => layer.Name).Select(layer => (layer.Name, layer.By)))
        {
            if (runs.Count == 0 || runs[^1].By != by)
            {
                runs.Add((by, []));
            }

            runs[^1].Names.Add(name);
        }

        return runs.Count == 1 && FirstByChannels is null
            ? SharesLeaves ? "all layers by samples, their gradients by leaves and channels" : "all layers by samples"
            : string.Join(", ", runs.Select(run => $"{Enumerated(run.Names)} by {run.By.ToString().ToLowerInvariant()}"));

        static string Enumerated(List<string> names) => names.Count == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }
}

/// <summary>How a layer is divided.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="By">The division.</param>
public sealed record LayerDivision(string Name, Division By);

/// <summary>What the members of a step divide among them.</summary>
public enum Division
{
    /// <summary>Each member computes all features of its own samples.</summary>
    Samples,

    /// <summary>Each member computes its own channels, of all samples.</summary>
    Channels,

    /// <summary>Each member multiplies its own inputs with their weights, of all samples; the partial sums of all members are joined.</summary>
    Inputs,
}

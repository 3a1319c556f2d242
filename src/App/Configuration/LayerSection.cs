using System.Globalization;
using System.Text.Json.Nodes;
using ConvNN.Formats;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary><c>Model:Layers</c>: the network, a list of layers.</summary>
internal sealed record LayerSection() : ConfigurationEntry(Path)
{
    /// <summary>The key.</summary>
    public const string Path = "Model:Layers";

    /// <inheritdoc/>
    public override RunConfiguration Read(RunConfiguration run, ConfigurationNode given, ICollection<Failure> failures)
    {
        if (given.Text is not (null or JsonSettings.EmptyArray))
        {
            failures.Add(Failure.At(Path, $"is {ShownValue.Of(given.Text)}; it must be a list of layers."));
        }

        SortedDictionary<int, LayerDefinition> layers = [];
        foreach ((string name, ConfigurationNode node) in given.Nodes)
        {
            string key = $"{Path}:{name}";
            if (!int.TryParse(name, NumberStyles.None, null, out int index))
            {
                failures.Add(Failure.At(key, $"is not known; in a file, layers are a list; the first one is {Path}:0."));
            }
            else if (node.Nodes.Count == 0)
            {
                failures.Add(Failure.At(key, $"is {ShownValue.Of(node.Text)}; it must be a layer, such as {{ \"Type\": \"flatten\" }}."));
            }
            else
            {
                layers[index] = new LayerDefinition(key, Values(key, node, failures));
            }
        }

        try
        {
            return run with { Layers = LayerRegistry.Read(layers.Values) };
        }
        catch (ConfigurationException wrong)
        {
            foreach (Failure failure in wrong.Failures)
            {
                failures.Add(failure);
            }

            return run;
        }
    }

    /// <inheritdoc/>
    public override JsonObject Schema() => new()
    {
        ["description"] = "the layers of the network, from the input on; a file's layers replace all built-in ones",
        ["type"] = "array",
        ["minItems"] = 1,
        ["items"] = LayerRegistry.Types.SectionSchema(isTypeRequired: true),
    };

    /// <inheritdoc/>
    public override JsonNode Write(RunConfiguration run) => NetworkJson.Write(run.Layers);
}

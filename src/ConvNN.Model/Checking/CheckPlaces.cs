using ConvNN.Model.Parameters;

namespace ConvNN.Model.Checking;

/// <summary>Which coordinates of a tensor are compared: all of a small one; of a large one half spread evenly, half where the gradient is largest.</summary>
internal static class CheckPlaces
{
    /// <summary>The places in the flat buffer, in order.</summary>
    /// <param name="parameter">The tensor.</param>
    /// <param name="gradient">The gradient, laid out as the weights.</param>
    /// <param name="most">How many at most.</param>
    public static IEnumerable<int> Of(Parameter parameter, float[] gradient, int most)
    {
        int PlaceOf(int i) => parameter.Offset + (i / parameter.RowLength * parameter.RowStride) + (i % parameter.RowLength);

        IEnumerable<int> all = Enumerable.Range(0, parameter.Count).Select(PlaceOf);
        if (parameter.Count <= most)
        {
            return all;
        }

        // Even steps find gradients that are missing, large ones those that are too large; many of a tensor's are 0.
        int even = most / 2;
        return Enumerable.Range(0, even).Select(i => PlaceOf((int)((long)i * parameter.Count / even)))
            .Concat(all.OrderByDescending(place => Math.Abs(gradient[place])).Take(most - even))
            .Distinct()
            .Order();
    }
}

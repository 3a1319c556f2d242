using ConvNN.Data.Idx;

namespace ConvNN.Data.Catalog;

/// <summary>What a source read of one part of a dataset.</summary>
/// <param name="Images">The images.</param>
/// <param name="Labels">Their labels [N].</param>
internal sealed record PartContent(IImageStore Images, IdxArray Labels);

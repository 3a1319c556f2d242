// Pipelines bring their own threads: two at a time would only make each other late.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
